"""What an editor should look at again before citizens do. Nothing is corrected, nothing is blocked."""

from news.checking.figures import doubtful_figures
from news.checking.finding import Finding

__all__ = ["Finding", "doubtful_figures"]
