from forebear.client.lines import as_text
from forebear.client.quality_text import cleansing_lines
from forebear.ops.cleansing import CleansingResponse, CleansingStep, Effect

FAR = "it needs the rows, and they are not at hand"


def effect(id, word, before, after="is so"):
    return Effect(id=id, word=word, before=before, after=after)


def test_checks_of_which_the_same_is_not_known_are_told_together():
    effects = [
        effect("unique:id", "not known", FAR),
        effect("nulls:age", "fixed", "age is absent in 3 rows"),
        effect("duplicates", "not known", FAR),
        effect("distribution:plan", "not known", "3 values are too few"),
        effect("range:age", "same", "is so"),
    ]
    stage = CleansingStep(
        artifact="a", title="raw:1", rows=3, into="b", into_title="clean:1", into_rows=2,
        effects=effects,
    )  # fmt: skip
    answer = CleansingResponse(
        verdict="Better.", title="clean:1", artifact="b", rows=2, stages=[stage]
    )
    assert as_text(cleansing_lines(answer)).splitlines()[3:] == [
        "  fixed      nulls:age",
        "             before: age is absent in 3 rows",
        "             after:  is so",
        "  not known  unique:id, duplicates",
        f"             before: {FAR}",
        "  not known  distribution:plan",
        "             before: 3 values are too few",
        "             after:  is so",
        "  1 check said the same of both",
    ]
