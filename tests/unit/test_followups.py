"""Follow-ups: what they lean on, and what is left alone."""

from __future__ import annotations

import pytest
from support.asked_before import NAMES, meant

from ragbot.retrieval.followups import readings
from ragbot.retrieval.names import Names, names_in_heading
from ragbot.types import Turn


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What is Shield Advanced?", "what does it cost?", "what does Shield Advanced cost?"),
        ("What are Lambda layers?", "how many of them?", "how many of Lambda layers?"),
        ("What is a web ACL?", "What do its rules inspect?", "What do web ACL's rules inspect?"),
        (
            "what is dynamodb for",
            "how fast are reads with it?",
            "how fast are reads with dynamodb?",
        ),
        ("What is Neptune?", "does Lambda support it?", "does Lambda support Neptune?"),
        ("What is Neptune?", "how does that compare?", "how does Neptune compare?"),
        ("What is EFS used for?", "what is stored there?", "what is stored in EFS?"),
        (
            "What is EFS used for?",
            "OK, that makes sense. How much does it cost?",
            "How much does EFS cost?",
        ),
        ("what replaces App Mesh?", "why did it end?", "why did App Mesh end?"),
        ("who supersedes KMS?", "is it free?", "is KMS free?"),
        ("my boss says Neptune is slow", "why is it free?", "why is Neptune free?"),
        (
            "How does Secrets Manager version secrets?",
            "can they be replicated?",
            "can the secrets of Secrets Manager be replicated?",
        ),
        (
            "What are the two kinds of Step Functions workflows?",
            "how long does the shorter one run?",
            "how long does the shorter Step Functions workflows run?",
        ),
    ],
)
def test_a_pronoun_is_replaced_by_the_subject(before: str, question: str, expected: str) -> None:
    assert meant(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("ECS or EKS for a small team?", "is the latter free?", "is EKS free?"),
        ("ECS or EKS for a small team?", "what does the first cost?", "what does ECS cost?"),
        ("App Mesh or VPC Lattice?", "does the second one need sidecars?", "does VPC Lattice need "
         "sidecars?"),
        ("What is the difference between CloudTrail and Config?", "do they work together?",
         "do CloudTrail and Config work together?"),
        ("DocumentDB or Neptune for graphs?", "do both have transactions?", "do DocumentDB and "
         "Neptune have transactions?"),
        ("CloudTrail vs Config", "which one is cheaper?", "which one is cheaper: CloudTrail or "
         "Config?"),
        ("Compare ECS, EKS and Fargate", "and the third one?", "What is Fargate?"),
    ],
)  # fmt: skip
def test_one_of_what_was_compared(before: str, question: str, expected: str) -> None:
    assert meant(question, before) == expected


def test_the_other_one_is_the_one_that_was_not_answered() -> None:
    asked = "KMS or CloudHSM for regulated keys?"
    chosen = Turn(asked, "CloudHSM provides dedicated HSM instances. [1]")
    assert meant("what does the other one cost?", chosen) == "what does KMS cost?"
    assert meant("what does it cost?", chosen) == "what does CloudHSM cost?"
    unknown = meant("what does the other one cost?", asked)
    assert unknown == "what does KMS and CloudHSM cost?"
    headed = meant("and the other one, does it scale?", chosen)
    assert headed == "does KMS scale?"


def test_a_list_in_the_answer_can_be_counted_through() -> None:
    modes = Turn(
        "Which modes does EFS have?",
        "EFS has two modes: General Purpose, for latency-sensitive work, and Max I/O, for high "
        "parallelism. [1]",
    )
    assert meant("what is the second one for?", modes) == "what is Max I/O for?"
    bullets = Turn(
        "Which databases are there?",
        "- There are these databases:\n- DynamoDB is for keys. [1]\n- Neptune is for graphs. [2]",
    )
    assert meant("how fast is the last one?", bullets) == "how fast is Neptune?"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (("difference between pens and pencils?",), "which one smears?", "pens or pencils"),
        (("Shall I take ECS or EKS or Lambda?",), "which of the three is free?",
         "ECS or EKS or Lambda"),
        (("which is better for walls, chalk or pens?",), "which one smears?", "chalk or pens"),
        (("Lambda or ECS?", "what does ECS cost?"), "which one is free?", "Lambda or ECS"),
        (("pens or pencils?", "does Lambda scale?", "how fast is EFS?"), "which one is free?",
         "Lambda or EFS"),
    ],
)  # fmt: skip
def test_which_one_is_of_what_was_compared_last(
    before: tuple[str, ...], question: str, expected: str
) -> None:
    assert meant(question, *before) == f"{question[:-1]}: {expected}?"


def test_a_row_or_a_clause_of_an_answer_lists_nothing() -> None:
    told = Turn("What is KMS for?", "KMS does one thing: envelope encryption, and care of it. [1]")
    assert "encryption" not in " ".join(readings("which one is free?", [told], NAMES))
    row = Turn("how long do they run?", "Length: Standard: 1 year; Express: 5 minutes. [1]")
    assert meant("which one is free?", row) == "which one is free: Standard or Express?"


def test_what_the_answer_named_is_spoken_of() -> None:
    turn = Turn("which service records who did what?", "Every API call is recorded by CloudTrail.")
    assert meant("what does it cost?", turn) == "what does CloudTrail cost?"
    cited = Turn("how do I find out?", "There it stands.", about=(("Monitoring", "AWS Config"),))
    assert meant("what does it cost?", cited) == "what does Config cost?"


def test_a_name_typed_in_small_letters_is_known_by_the_answer() -> None:
    turn = Turn("how much is shield advanced", "Shield Advanced costs $3,000 a month. [1]")
    assert meant("and waf?", turn) == "how much is waf"
    assert meant("what does it add?", turn) == "what does shield Advanced add?"
    unknown = Turn("what does the ecs control plane cost", "The ECS control plane is free. [1]")
    assert meant("and eks?", unknown) == "what does the eks control plane cost"


def test_how_many_there_are_is_of_what_was_asked_for() -> None:
    asked = meant("how many are there?", "name the states of Step Functions")
    assert asked == "How many states of Step Functions are there?"


def test_it_is_nobody() -> None:
    asked = Turn("Who do I ask about the stage lights?", "Ask Dave about them. [1]")
    assert meant("how long does it take?", asked) == f"{asked.question} how long does it take?"


def test_chains_lean_on_what_the_turn_before_meant() -> None:
    first, second = "What is CloudHSM?", "what does it cost?"
    assert meant("who can read its keys?", first, second) == "who can read CloudHSM's keys?"
    swapped = meant("how fast is it?", "How large is a DynamoDB item?", "and a DocumentDB one?")
    assert swapped == "how fast is DocumentDB item?"
    known = Turn("and that one?", "", query="What does Neptune cost?")
    assert meant("is it serverless?", first, known) == "is Neptune serverless?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("why?", "why is Neptune faster than DocumentDB?"),
        ("how come?", "how is Neptune faster than DocumentDB?"),
        ("why not?", "why is not Neptune faster than DocumentDB?"),
        ("tell me more", "Is Neptune faster than DocumentDB?"),
        ("anything else?", "Is Neptune faster than DocumentDB?"),
        ("was that right?", "Is Neptune faster than DocumentDB?"),
        ("can you explain that please", "Is Neptune faster than DocumentDB?"),
    ],
)
def test_bare_question_words_and_more_ask_the_same_again(question: str, expected: str) -> None:
    assert meant(question, "Is Neptune faster than DocumentDB?") == expected


@pytest.mark.parametrize(
    "question",
    [
        "How large can a DynamoDB item be?",
        "ok and which EBS volume is the fastest?",
        "So how do I get a shell in an ECS container?",
        "Does API Gateway throttle requests, and what is its limit?",
        "How long does CloudTrail keep events, and do they cost anything there?",
        "Does Lambda keep its logs?",
        "dynamodb item size limit",
        "Does Lambda scale?",
        "In failover routing, must both records have a health check?",
        "A company stores its files in a bucket. They must be kept for seven years, and it must be "
        "impossible for anyone to delete them before that. What should they do about it now?",
        "Which one?\nA. this\nB. that",
        "We get twenty alerts for one and the same outage. Can I merge them?",
        "My alarms keep firing at night. How do I mute them?",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_left_alone(question: str) -> None:
    assert meant(question, "What is Neptune best for?") == question


def test_where_words_cannot_tell_there_are_two_readings() -> None:
    before = [Turn("What is Fargate?", "")]
    assert readings("what are the limitations?", before, NAMES) == (
        "what are the limitations?",
        "Fargate: what are the limitations?",
    )
    assert readings("minimum storage duration?", before, NAMES) == (
        "minimum storage duration?",
        "What is the minimum storage duration of Fargate?",
    )
    assert readings("and layers?", before, NAMES) == ("What is layers?", "Fargate: layers")
    assert (
        readings("is it possible to run jobs?", before, NAMES)[0] == "is it possible to run jobs?"
    )


def test_without_a_history_or_a_subject_nothing_is_made_up() -> None:
    # Nothing was compared, so there is no last one of several.
    asked = [Turn("How fast is the disk of our house?", "")]
    assert all(readings("how fast is the last one?", asked, NAMES))
    assert readings("and the other one?", (), NAMES) == ("and the other one?",)
    assert meant("why does it?", "how can a thing be?") == "how can a thing be? why does it?"


def test_a_wall_of_white_space_is_read_at_once() -> None:
    question = "what does" + " " * 7_000 + "it cost?"
    assert meant(question, "What is Neptune?") == "what does Neptune cost?"


def test_a_thousand_endings_are_read_at_once() -> None:
    told = Turn("What is Neptune?" + ", i mean" * 5_000 + " x", "")
    assert readings("and Lambda, please?", [told], NAMES)


def test_any_notes_will_do() -> None:
    names = Names(["Boxes", "Crates"])
    (only,) = readings("and crates?", [Turn("How large can Boxes be?", "")], names)
    assert only == "How large can crates be?"


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("AWS KMS (Key Management Service)", ["KMS"]),
        ("KMS vs CloudHSM vs Parameter Store Comparison", ["KMS", "CloudHSM", "Parameter Store"]),
        ("Amazon Bedrock Overview", ["Bedrock"]),
        ("When to Choose Which", []),
        ("Limitations", []),
        ("Monitoring & Logging", []),
        ("7. Ingress", ["Ingress"]),
        ("2.3 Probes", ["Probes"]),
        ("3) Volumes", ["Volumes"]),
    ],
)
def test_names_in_headings(heading: str, names: list[str]) -> None:
    assert names_in_heading(heading) == names


def test_a_name_that_a_full_stop_runs_through_is_one_piece() -> None:
    (piece,) = Names(["St. Bernard"]).pieces("St. Bernard")
    assert [word.text for word in piece.core] == ["St", "Bernard"]
    names = Names(["Red, Green"])
    assert readings("is it red, green?", [Turn("What is Red, Green?", "")], names)


@pytest.mark.parametrize("question", ["and 🤔?", "that's clear 👍", "so... 🙄", "and :)", "but %?"])
def test_a_follow_up_without_a_word_asks_the_same_again(question: str) -> None:
    assert meant(question, "What does KMS cost?") == "What does KMS cost?"


def test_a_name_at_the_beginning_of_a_sentence():
    names = Names(["Shield", "Step Functions"])
    held = {"aurora", "use", "step", "when"}.__contains__
    for named in ("Shield costs nothing.", "Step Functions waits.", "Aurora is not near."):
        assert names.know_first_in(named, held)
    for ordinary in ("Use Shield where it costs nothing.", "Pick Aurora for Step Functions."):
        assert not names.know_first_in(ordinary, held)


@pytest.mark.parametrize("question", ["When is the IT desk open?", "when is the it desk open?"])
def test_it_is_a_department_too(question: str) -> None:
    found = readings(question, [Turn("What is Neptune?", "")], NAMES)
    assert found[0] == question
    assert not any("the Neptune desk" in each for each in found)


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What is Neptune?", "back to Lambda: how long does it run?", "how long does Lambda run?"),
        ("What is Neptune?", "lambda again, what does it cost?", "what does lambda cost?"),
        ("What is Neptune?", "going back to ECS", "What is ECS?"),
        ("What is Neptune?", "back to the limit: can it be raised?", "Neptune: can the limit be "
         "raised?"),
        ("What is Neptune?", "new topic: do they expire?", "do they expire?"),
        ("How long does EBS gp3 run?", "no, I meant Lambda", "How long does Lambda run?"),
        (
            "How long do Step Functions Express Workflows run?",
            "sorry, standard, not express",
            "How long do Step Functions standard Workflows run?",
        ),
        ("What does KMS cost?", "not KMS but CloudHSM", "What does CloudHSM cost?"),
        ("What does KMS cost?", "CloudHSM, sorry", "What does CloudHSM cost?"),
        ("What does the ECS control plane cost?", "same for eks?", "What does the eks control "
         "plane cost?"),
    ],
)  # fmt: skip
def test_what_a_person_goes_back_or_on_to(before: str, question: str, expected: str) -> None:
    assert meant(question, before) == expected


def test_of_two_that_were_spoken_of_one_after_the_other() -> None:
    before = ("What does KMS cost?", "and CloudHSM?")
    assert meant("which of them is single tenant?", *before) == (
        "which of them is single tenant: KMS or CloudHSM?"
    )
    assert meant("for the first one, what do 10 calls cost?", *before) == (
        "KMS: what do 10 calls cost?"
    )
    assert meant("is the other one shared?", *before) == "is KMS shared?"


def test_what_was_asked_of_it_can_be_raised() -> None:
    asked = "What is the concurrency limit of Lambda?"
    assert meant("can it be raised?", asked) == "can the concurrency limit of Lambda be raised?"
    assert meant("is that per region?", asked) == "is the concurrency limit of Lambda per region?"
    assert meant("is it serverless?", asked) == "is Lambda serverless?"


def test_how_it_does_that() -> None:
    before = Turn("KMS or CloudHSM to wait for a human?", "CloudHSM waits. [1]")
    assert meant("how does it do that?", before) == (
        "how does CloudHSM do so? KMS or CloudHSM to wait for a human?"
    )


@pytest.mark.parametrize(
    "question",
    [
        "Where do I put a switch that turns parts on, for little money a month?",
        "Passwords of our database should change by themselves. Who does that?",
        "which service records who deleted a bucket?",
    ],
)
def test_that_is_not_always_what_came_before(question: str) -> None:
    assert meant(question, "What is Neptune?") == question


def test_there_is_no_place_behind_an_auxiliary() -> None:
    asked = meant("can there be more than one account in it?", "What is Neptune?")
    assert asked == "can there be more than one account in Neptune?"


def test_no_figure_and_no_month_is_spoken_of() -> None:
    for told in ("As of November 2026 it is free.", "It holds 12 of them.", "Yes, 400."):
        assert meant("what does it cost?", Turn("which one is free?", told)) == (
            "which one is free? what does it cost?"
        )
    cell = Turn("how many days?", "Neptune - Min. days kept: 30. [1]")
    assert meant("what does it cost?", cell) == "what does Neptune cost?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Well-Architected Framework?", "What does Well-Architected Framework cost?"),
        ("cool, and CloudHSM?", "What does CloudHSM cost?"),
        ("why not KMS?", "why not KMS?"),
        ("what is CloudHSM, not KMS?", "what is CloudHSM, not KMS?"),
    ],
)
def test_words_that_approve_and_correct_are_told_from_names_and_questions(
    question: str, expected: str
) -> None:
    assert meant(question, "What does KMS cost?") == expected
