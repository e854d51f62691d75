from __future__ import annotations

import pytest
from support.small_notes import passage

from ragbot.errors import QuestionError
from ragbot.store.labels import Labels, documents_matching, service_rows, services_matching
from ragbot.types import Document

LABELS = [
    Labels("storage", "S3 vs EBS", "Storage", "notes/aws/storage.md"),
    Labels("queues", "SQS vs SNS", "", "notes/queues.md"),
]


@pytest.mark.parametrize(
    ("topics", "sources", "found"),
    [
        ((), (), ["storage", "queues"]),
        (("storage",), (), ["storage"]),
        (("s3 VS ebs", "queues"), (), ["storage", "queues"]),
        ((), ("notes/aws",), ["storage"]),
        ((), ("./notes/queues.md",), ["queues"]),
        ((), ("queues.md",), ["queues"]),
        (("storage",), ("queues.md",), []),
    ],
)
def test_documents_are_told_apart_by_topic_and_file(
    topics: tuple[str, ...], sources: tuple[str, ...], found: list[str]
) -> None:
    assert documents_matching(LABELS, topics, sources) == found


def test_a_name_that_the_notes_lack_is_refused_with_the_nearest() -> None:
    with pytest.raises(QuestionError, match=r"no topic 'storrage'(.|\n)*one of: Storage"):
        documents_matching(LABELS, ("storrage",), ())
    with pytest.raises(QuestionError, match=r"no source 'note'"):
        documents_matching(LABELS, (), ("note",))
    with pytest.raises(QuestionError, match=r"no service 'sqqs'(.|\n)*--service with one of: sqs"):
        services_matching(["sns", "sqs"], ("Amazon SQqS",))


def test_a_service_is_known_by_its_short_name_where_a_passage_names_it() -> None:
    document = Document("boxes", "Boxes", "b.md", "", 0, 0, services=("Amazon SQS", "AWS SNS"))
    texts = ["SQS holds messages", "sqs and SNS", "SQSomething else"]
    assert list(service_rows([document], [passage(text) for text in texts])) == [
        ("sqs", 0), ("sqs", 1), ("sns", 1),
    ]  # fmt: skip
    assert services_matching(["sns", "sqs"], ("aws sqs", "SNS")) == ["sqs", "sns"]
