"""What people read: sentences in Korean and English, and particles that fit."""
