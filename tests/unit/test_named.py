"""Names that a claim has and the note has not."""

from __future__ import annotations

from ragbot.citations.named import foreign_name


def test_one_and_several_are_the_same_name() -> None:
    note = "DNS returns the Pod IPs and keeps the AMI of each VM."
    assert foreign_name("DNS returns the IP of the Pods.", note, frozenset()) is None
    assert foreign_name("DNS keeps the AMIs of VMs.", note, frozenset()) is None
    assert foreign_name("DNS returns the ID of the Pods.", note, frozenset()) is not None
