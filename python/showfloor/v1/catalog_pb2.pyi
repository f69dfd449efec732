import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from showfloor.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImportFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMPORT_FORMAT_UNSPECIFIED: _ClassVar[ImportFormat]
    IMPORT_FORMAT_CSV: _ClassVar[ImportFormat]
    IMPORT_FORMAT_JSONL: _ClassVar[ImportFormat]
IMPORT_FORMAT_UNSPECIFIED: ImportFormat
IMPORT_FORMAT_CSV: ImportFormat
IMPORT_FORMAT_JSONL: ImportFormat

class Product(_message.Message):
    __slots__ = ("id", "titles", "descriptions", "brand", "category", "price", "stock", "size", "attributes", "tags", "asset_id", "etag", "create_time", "update_time")
    class TitlesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class DescriptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLES_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    STOCK_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    titles: _containers.ScalarMap[str, str]
    descriptions: _containers.ScalarMap[str, str]
    brand: str
    category: str
    price: _common_pb2.Money
    stock: int
    size: _common_pb2.Size
    attributes: _containers.ScalarMap[str, str]
    tags: _containers.RepeatedScalarFieldContainer[str]
    asset_id: str
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., titles: _Optional[_Mapping[str, str]] = ..., descriptions: _Optional[_Mapping[str, str]] = ..., brand: _Optional[str] = ..., category: _Optional[str] = ..., price: _Optional[_Union[_common_pb2.Money, _Mapping]] = ..., stock: _Optional[int] = ..., size: _Optional[_Union[_common_pb2.Size, _Mapping]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., tags: _Optional[_Iterable[str]] = ..., asset_id: _Optional[str] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UpsertProductRequest(_message.Message):
    __slots__ = ("product",)
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    product: Product
    def __init__(self, product: _Optional[_Union[Product, _Mapping]] = ...) -> None: ...

class GetProductRequest(_message.Message):
    __slots__ = ("product_id",)
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    def __init__(self, product_id: _Optional[str] = ...) -> None: ...

class ListProductsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "contains", "category")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CONTAINS_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    contains: str
    category: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., contains: _Optional[str] = ..., category: _Optional[str] = ...) -> None: ...

class ListProductsResponse(_message.Message):
    __slots__ = ("products", "next_page_token")
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[Product]
    next_page_token: str
    def __init__(self, products: _Optional[_Iterable[_Union[Product, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteProductRequest(_message.Message):
    __slots__ = ("product_id",)
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    def __init__(self, product_id: _Optional[str] = ...) -> None: ...

class DeleteProductResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ImportProductsRequest(_message.Message):
    __slots__ = ("format", "data", "dry_run")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    format: ImportFormat
    data: bytes
    dry_run: bool
    def __init__(self, format: _Optional[_Union[ImportFormat, str]] = ..., data: _Optional[bytes] = ..., dry_run: _Optional[bool] = ...) -> None: ...

class ImportProblem(_message.Message):
    __slots__ = ("line", "product_id", "problem")
    LINE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    line: int
    product_id: str
    problem: _common_pb2.Problem
    def __init__(self, line: _Optional[int] = ..., product_id: _Optional[str] = ..., problem: _Optional[_Union[_common_pb2.Problem, _Mapping]] = ...) -> None: ...

class ImportProductsResponse(_message.Message):
    __slots__ = ("created", "updated", "problems")
    CREATED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    created: int
    updated: int
    problems: _containers.RepeatedCompositeFieldContainer[ImportProblem]
    def __init__(self, created: _Optional[int] = ..., updated: _Optional[int] = ..., problems: _Optional[_Iterable[_Union[ImportProblem, _Mapping]]] = ...) -> None: ...

class SearchFilter(_message.Message):
    __slots__ = ("attribute", "value", "minimum", "maximum")
    ATTRIBUTE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    attribute: str
    value: str
    minimum: float
    maximum: float
    def __init__(self, attribute: _Optional[str] = ..., value: _Optional[str] = ..., minimum: _Optional[float] = ..., maximum: _Optional[float] = ...) -> None: ...

class SearchHit(_message.Message):
    __slots__ = ("product", "score", "why")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    product: Product
    score: float
    why: str
    def __init__(self, product: _Optional[_Union[Product, _Mapping]] = ..., score: _Optional[float] = ..., why: _Optional[str] = ...) -> None: ...

class SearchRequest(_message.Message):
    __slots__ = ("query", "language", "filters", "page_size", "page_token")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    query: str
    language: str
    filters: _containers.RepeatedCompositeFieldContainer[SearchFilter]
    page_size: int
    page_token: str
    def __init__(self, query: _Optional[str] = ..., language: _Optional[str] = ..., filters: _Optional[_Iterable[_Union[SearchFilter, _Mapping]]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class SearchResponse(_message.Message):
    __slots__ = ("hits", "understood", "relaxed", "next_page_token", "by_words_only")
    HITS_FIELD_NUMBER: _ClassVar[int]
    UNDERSTOOD_FIELD_NUMBER: _ClassVar[int]
    RELAXED_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BY_WORDS_ONLY_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[SearchHit]
    understood: _containers.RepeatedCompositeFieldContainer[SearchFilter]
    relaxed: _containers.RepeatedCompositeFieldContainer[SearchFilter]
    next_page_token: str
    by_words_only: bool
    def __init__(self, hits: _Optional[_Iterable[_Union[SearchHit, _Mapping]]] = ..., understood: _Optional[_Iterable[_Union[SearchFilter, _Mapping]]] = ..., relaxed: _Optional[_Iterable[_Union[SearchFilter, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., by_words_only: _Optional[bool] = ...) -> None: ...

class RecommendRequest(_message.Message):
    __slots__ = ("shopper_id", "session_product_ids", "count", "exclude_product_ids", "language")
    SHOPPER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    shopper_id: str
    session_product_ids: _containers.RepeatedScalarFieldContainer[str]
    count: int
    exclude_product_ids: _containers.RepeatedScalarFieldContainer[str]
    language: str
    def __init__(self, shopper_id: _Optional[str] = ..., session_product_ids: _Optional[_Iterable[str]] = ..., count: _Optional[int] = ..., exclude_product_ids: _Optional[_Iterable[str]] = ..., language: _Optional[str] = ...) -> None: ...

class RecommendResponse(_message.Message):
    __slots__ = ("hits",)
    HITS_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[SearchHit]
    def __init__(self, hits: _Optional[_Iterable[_Union[SearchHit, _Mapping]]] = ...) -> None: ...

class SimilarProductsRequest(_message.Message):
    __slots__ = ("product_id", "count", "language")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    count: int
    language: str
    def __init__(self, product_id: _Optional[str] = ..., count: _Optional[int] = ..., language: _Optional[str] = ...) -> None: ...

class SimilarProductsResponse(_message.Message):
    __slots__ = ("hits",)
    HITS_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[SearchHit]
    def __init__(self, hits: _Optional[_Iterable[_Union[SearchHit, _Mapping]]] = ...) -> None: ...

class WriteCopyRequest(_message.Message):
    __slots__ = ("product_id", "kind", "language", "tone", "max_characters")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    TONE_FIELD_NUMBER: _ClassVar[int]
    MAX_CHARACTERS_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    kind: str
    language: str
    tone: str
    max_characters: int
    def __init__(self, product_id: _Optional[str] = ..., kind: _Optional[str] = ..., language: _Optional[str] = ..., tone: _Optional[str] = ..., max_characters: _Optional[int] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("product_id", "field", "value")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    field: str
    value: str
    def __init__(self, product_id: _Optional[str] = ..., field: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class WriteCopyResponse(_message.Message):
    __slots__ = ("text", "sources", "engine")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    text: str
    sources: _containers.RepeatedCompositeFieldContainer[Source]
    engine: str
    def __init__(self, text: _Optional[str] = ..., sources: _Optional[_Iterable[_Union[Source, _Mapping]]] = ..., engine: _Optional[str] = ...) -> None: ...

class Review(_message.Message):
    __slots__ = ("id", "text", "stars", "create_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    STARS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    stars: int
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., stars: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AnalyzeReviewsRequest(_message.Message):
    __slots__ = ("product_id", "reviews", "language")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    REVIEWS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    reviews: _containers.RepeatedCompositeFieldContainer[Review]
    language: str
    def __init__(self, product_id: _Optional[str] = ..., reviews: _Optional[_Iterable[_Union[Review, _Mapping]]] = ..., language: _Optional[str] = ...) -> None: ...

class Aspect(_message.Message):
    __slots__ = ("name", "sentiment", "mentions", "quotes", "trend")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    MENTIONS_FIELD_NUMBER: _ClassVar[int]
    QUOTES_FIELD_NUMBER: _ClassVar[int]
    TREND_FIELD_NUMBER: _ClassVar[int]
    name: str
    sentiment: float
    mentions: int
    quotes: _containers.RepeatedCompositeFieldContainer[Quote]
    trend: _containers.RepeatedCompositeFieldContainer[AspectMonth]
    def __init__(self, name: _Optional[str] = ..., sentiment: _Optional[float] = ..., mentions: _Optional[int] = ..., quotes: _Optional[_Iterable[_Union[Quote, _Mapping]]] = ..., trend: _Optional[_Iterable[_Union[AspectMonth, _Mapping]]] = ...) -> None: ...

class AspectMonth(_message.Message):
    __slots__ = ("month", "sentiment", "mentions")
    MONTH_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    MENTIONS_FIELD_NUMBER: _ClassVar[int]
    month: str
    sentiment: float
    mentions: int
    def __init__(self, month: _Optional[str] = ..., sentiment: _Optional[float] = ..., mentions: _Optional[int] = ...) -> None: ...

class Quote(_message.Message):
    __slots__ = ("review_id", "text")
    REVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    review_id: str
    text: str
    def __init__(self, review_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class SuspiciousReview(_message.Message):
    __slots__ = ("review_id", "reason")
    REVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    review_id: str
    reason: str
    def __init__(self, review_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AnalyzeReviewsResponse(_message.Message):
    __slots__ = ("aspects", "summary", "suspicious")
    ASPECTS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SUSPICIOUS_FIELD_NUMBER: _ClassVar[int]
    aspects: _containers.RepeatedCompositeFieldContainer[Aspect]
    summary: str
    suspicious: _containers.RepeatedCompositeFieldContainer[SuspiciousReview]
    def __init__(self, aspects: _Optional[_Iterable[_Union[Aspect, _Mapping]]] = ..., summary: _Optional[str] = ..., suspicious: _Optional[_Iterable[_Union[SuspiciousReview, _Mapping]]] = ...) -> None: ...
