"""What hypothesis draws for us: the same at every run, kept in no folder, with as much time as it takes."""

from hypothesis import HealthCheck, Phase, given, seed, settings

# What failed is cut down to the least of it, but not explained line by line, which takes long.
SEEDED = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def each(strategy, number, look, start=8):
    """Shows `look` so many examples of `strategy`; where it raises, the smallest example that does is told."""

    @seed(start)
    @settings(SEEDED, max_examples=number)
    @given(strategy)
    def shown(example):
        look(example)

    shown()
