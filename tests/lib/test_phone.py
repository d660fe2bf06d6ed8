import pytest

from portal.lib import phone


@pytest.mark.parametrize(
    ("shown", "dialled"),
    [
        ("024.62933647", "+842462933647"),
        ("024.38585652", "+842438585652"),
        ("0868216873", "+84868216873"),
        ("(024) 33.844.635", "+842433844635"),
        ("+84 24 3858 5652", "+842438585652"),
        ("024\u00a03858\u00a05652", "+842438585652"),
        ("113", "113"),
        ("111", "111"),
        ("1022", "1022"),
        ("1900 1234", "19001234"),
        ("1800.1091", "18001091"),
    ],
)
def test_dial(shown, dialled):
    assert phone.dial(shown) == dialled


@pytest.mark.parametrize(
    "nonsense", ["", "abc", "024.abc", "12", "0000000000", "09123", "１１３", "113; 114", "+", "024 62933647 x"]
)
def test_nonsense_is_refused_with_a_sentence(nonsense):
    with pytest.raises(ValueError, match=r"số điện thoại|telephone number"):
        phone.dial(nonsense)
