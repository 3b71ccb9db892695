from elman.runs import names


def test_temporary_names_are_recognised_and_others_are_not() -> None:
    for name in (*names.FILES, *names.FOLDERS):
        assert names.is_temporary(names.temporary_name(name))
        assert not names.is_temporary(name)
    assert not names.is_temporary(".notes.txt.part")
