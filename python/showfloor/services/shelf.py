"""What search and recommendation share: the catalogue in memory, and the threads that keep it current."""

from __future__ import annotations

from pathlib import Path

from showfloor.recommend.recommender import Recommender
from showfloor.recommend.saved import FILE
from showfloor.search.finder import Finder
from showfloor.search.index import Index
from showfloor.search.vectors import Meaning
from showfloor.services.recommend import Recommend
from showfloor.services.search import Search
from showfloor.shop import Shop
from showfloor.store.database import Database


class Shelf:
    """Without ``start`` everything works, by words alone and with what recommendation was taught by ``train``."""

    def __init__(self, db: Database, shop: Shop | None = None, folder: Path | None = None) -> None:
        """``folder``: where ``showfloor train recommend`` leaves what it learnt."""
        self.index = Index(db)
        self.meaning = Meaning(db, self.index)
        self.recommender = Recommender(db, self.index, (shop or Shop()).recommend, folder and folder / FILE)
        self.finder = Finder(db, self.index, self.meaning)
        self.search = Search(db, self.finder)
        self.recommend = Recommend(db, self.recommender)

    def start(self) -> None:
        """Begin to give products their vectors, and to learn from events."""
        self.meaning.start()
        self.recommender.start()

    def close(self) -> None:
        """End the threads; waits for the batch that runs."""
        self.recommender.close()
        self.meaning.close()
        self.finder.close()
