"""What models and their users were seen to go wrong by, each with its right outcome and its test.

A row names the test that really brings it about; here it is held that none of them is lost.
"""

import ast

import pytest

from tests.conftest import ROOT

KINDS = """
labels that nothing explains            | warned of, not taken, unsure of all | model/training/test_verdict.py::test_a_model_of_random_labels_says_so_and_is_not_taken
any size, share and truth of labels     | no sure label without a reason      | model/training/test_verdict.py::test_trainings_are_judged_right
a model that learned                    | taken, and not warned of            | model/training/test_verdict.py::test_a_model_that_learned_is_taken_without_a_warning
an AUC that may be chance               | named with its number               | model/evaluation/test_verdict.py::test_one_that_guesses_is_found_out
validation texts of one class           | warned of                           | model/evaluation/test_verdict.py::test_texts_of_one_class_tell_nothing
one label for all texts                 | warned of                           | model/evaluation/test_verdict.py::test_a_threshold_beyond_all_scores_calls_one_class
too few texts of a class for a threshold| named with the number               | model/evaluation/test_verdict.py::test_few_texts_are_named_with_their_number
worse than its start or than TF-IDF     | named with both numbers             | model/evaluation/test_verdict.py::test_a_rival_that_ranks_better_is_named
a useless model in use                  | the data page and predict say so    | web/test_verdict_page.py::test_the_data_page_and_predict_say_what_is_wrong_with_a_model
a complaint in a page of praise         | unsure, with the reason             | predict/test_long_texts.py::test_a_strong_complaint_in_a_page_of_praise_is_never_passed_over
a long text of one mind                 | sure                                | predict/test_long_texts.py::test_a_long_text_of_one_mind_is_sure
the end of a long text                  | counts as its beginning does        | predict/test_long_texts.py::test_the_end_of_a_long_text_counts
a text with both labels, at import      | counted, named, both kept           | importing/test_labels.py::test_texts_with_both_labels_are_counted_and_named
a text with both labels, at preprocess  | counted, named, both kept           | text/test_preprocess.py::test_texts_with_both_labels_are_counted_and_named
one string instead of a list            | one text                            | predict/test_python_api.py::test_one_text_is_one_text
generators, arrays, columns             | read once, in order                 | predict/test_python_api.py::test_whatever_holds_texts_is_read_once
no texts                                | no predictions                      | predict/test_python_api.py::test_no_texts_have_no_predictions
None, NaN and other non-texts           | an error that names the index       | predict/test_python_api.py::test_what_is_no_text_is_named_with_its_index
what holds no texts at all              | an error with a next step           | predict/test_python_api.py::test_what_holds_no_texts_is_refused_with_a_next_step
pickle and deepcopy                     | the same predictions                | predict/test_python_api.py::test_a_classifier_travels_before_and_after_use
a fork after Java was used              | an error, no hanging                | text/test_tokenizers.py::test_a_fork_after_java_was_used_is_an_error_and_does_not_hang
Java that another library started       | said so                             | text/test_tokenizers.py::test_java_that_another_library_started_is_named
a checkpoint name for one system only   | refused on every system             | model/training/test_train_settings.py::test_a_setting_without_effect_is_an_error
a whole Keras model among checkpoints   | says beside itself how it opens     | model/training/test_fit.py::test_what_stands_beside_a_whole_model_opens_it
another tokenizer than the data set's   | said, not "nothing changed"         | model/training/test_textbook.py::test_training_says_that_the_data_set_has_another_tokenizer
a tokenizer setting that a bundle beats | said once                           | model/training/test_textbook.py::test_a_setting_that_the_model_overrides_is_said_once
going on with a few texts               | threshold and band of the start     | model/training/test_keep_start.py::test_a_few_validation_texts_move_neither_threshold_nor_band
going on made it worse                  | the start is kept                   | model/training/test_keep_start.py::test_a_network_that_got_worse_gives_way_to_its_start
another language, jamo, emoji           | no label                            | predict/test_out_of_scope.py::test_what_is_no_korean_sentence_gets_no_label
sarcasm, negation twice, comparison     | measured, 95% right                 | model/test_behaviour.py::test_the_shipped_model_behaves
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in KINDS.strip().splitlines()]


@pytest.mark.parametrize(("kind", "outcome", "test"), ROWS)
def test_each_kind_has_its_test(kind: str, outcome: str, test: str) -> None:
    file, name = test.split("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    (function,) = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    checks = [node for node in ast.walk(function) if isinstance(node, ast.Assert)]
    raises = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "raises"
    ]
    assert checks or raises, f"{kind} ({outcome}) is not held"
