import pytest

from forebear.core.addresses import is_database, without_password


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://user:zq@host/db", "postgresql://user@host/db"),
        ("postgresql://user:z/q@1@host/db", "postgresql://user@host/db"),
        ("postgresql://user@host:5432/db", "postgresql://user@host:5432/db"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("postgresql://:zq@host/db", "postgresql://@host/db"),
        ("postgresql:///db?user=user&password=zq", "postgresql:///db?user=user"),
        ("postgresql:///db?password=zq&host=/tmp", "postgresql:///db?host=/tmp"),
        ("postgresql:///db?sslpassword=zq&a=1&PASSWORD=zq", "postgresql:///db?a=1"),
        ("https://token:zq@host/x", "https://token@host/x"),
        ("/home/a:b@c/.forebear", "/home/a:b@c/.forebear"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(address, shown):
    assert without_password(address) == shown
    assert without_password(shown) == shown


def test_what_is_a_database():
    assert is_database("postgres://host/db")
    assert is_database("PostgreSQL+psycopg://host/db")
    assert not is_database("https://host/db")
    assert not is_database("postgresql")
