from showfloor.v1 import catalog_pb2 as _catalog_pb2
from showfloor.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SceneActionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCENE_ACTION_KIND_UNSPECIFIED: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_SHOW: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_PLACE: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_ROTATE: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_CHANGE_VARIANT: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_COMPARE: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_OPEN_TRY_ON: _ClassVar[SceneActionKind]
    SCENE_ACTION_KIND_SCROLL_SHELF: _ClassVar[SceneActionKind]
SCENE_ACTION_KIND_UNSPECIFIED: SceneActionKind
SCENE_ACTION_KIND_SHOW: SceneActionKind
SCENE_ACTION_KIND_PLACE: SceneActionKind
SCENE_ACTION_KIND_ROTATE: SceneActionKind
SCENE_ACTION_KIND_CHANGE_VARIANT: SceneActionKind
SCENE_ACTION_KIND_COMPARE: SceneActionKind
SCENE_ACTION_KIND_OPEN_TRY_ON: SceneActionKind
SCENE_ACTION_KIND_SCROLL_SHELF: SceneActionKind

class ChatRequest(_message.Message):
    __slots__ = ("conversation_id", "text", "language", "product_id", "space", "shopper_id")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    SHOPPER_ID_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    text: str
    language: str
    product_id: str
    space: _common_pb2.Size
    shopper_id: str
    def __init__(self, conversation_id: _Optional[str] = ..., text: _Optional[str] = ..., language: _Optional[str] = ..., product_id: _Optional[str] = ..., space: _Optional[_Union[_common_pb2.Size, _Mapping]] = ..., shopper_id: _Optional[str] = ...) -> None: ...

class SceneAction(_message.Message):
    __slots__ = ("kind", "product_ids", "value", "text")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    kind: SceneActionKind
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    value: float
    text: str
    def __init__(self, kind: _Optional[_Union[SceneActionKind, str]] = ..., product_ids: _Optional[_Iterable[str]] = ..., value: _Optional[float] = ..., text: _Optional[str] = ...) -> None: ...

class ChatDone(_message.Message):
    __slots__ = ("turn_id", "conversation_id", "first_token_ms", "total_ms", "hand_over", "intent", "confidence", "engine")
    TURN_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_TOKEN_MS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MS_FIELD_NUMBER: _ClassVar[int]
    HAND_OVER_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    turn_id: str
    conversation_id: str
    first_token_ms: int
    total_ms: int
    hand_over: bool
    intent: str
    confidence: float
    engine: str
    def __init__(self, turn_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., first_token_ms: _Optional[int] = ..., total_ms: _Optional[int] = ..., hand_over: _Optional[bool] = ..., intent: _Optional[str] = ..., confidence: _Optional[float] = ..., engine: _Optional[str] = ...) -> None: ...

class ChatResponse(_message.Message):
    __slots__ = ("token", "card", "action", "source", "done")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    token: str
    card: _catalog_pb2.Product
    action: SceneAction
    source: _catalog_pb2.Source
    done: ChatDone
    def __init__(self, token: _Optional[str] = ..., card: _Optional[_Union[_catalog_pb2.Product, _Mapping]] = ..., action: _Optional[_Union[SceneAction, _Mapping]] = ..., source: _Optional[_Union[_catalog_pb2.Source, _Mapping]] = ..., done: _Optional[_Union[ChatDone, _Mapping]] = ...) -> None: ...

class FeedbackRequest(_message.Message):
    __slots__ = ("turn_id", "good", "comment")
    TURN_ID_FIELD_NUMBER: _ClassVar[int]
    GOOD_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    turn_id: str
    good: bool
    comment: str
    def __init__(self, turn_id: _Optional[str] = ..., good: _Optional[bool] = ..., comment: _Optional[str] = ...) -> None: ...

class FeedbackResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ForgetRequest(_message.Message):
    __slots__ = ("conversation_id", "shopper_id")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    SHOPPER_ID_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    shopper_id: str
    def __init__(self, conversation_id: _Optional[str] = ..., shopper_id: _Optional[str] = ...) -> None: ...

class ForgetResponse(_message.Message):
    __slots__ = ("conversations",)
    CONVERSATIONS_FIELD_NUMBER: _ClassVar[int]
    conversations: int
    def __init__(self, conversations: _Optional[int] = ...) -> None: ...
