"""Rules of data (BPMN 2.0.2, 10.3): items and collections, input and output sets, associations, messages of tasks."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import bare, child, children, local, text_of
from engine.bpmn.rules.document import Document, shown, warning
from engine.errors import Finding

_REFS = ("dataObjectRef", "dataStoreRef")


def _item(document: Document, element: etree._Element | None) -> etree._Element | None:
    """The item definition of a data element, through references to objects and stores."""
    if element is None:
        return None
    behind = next((document.named(element.get(name)) for name in _REFS if element.get(name)), None)
    holder = element if behind is None else behind
    return document.named(holder.get("itemSubjectRef") or holder.get("itemRef"))


def _is_collection(element: etree._Element) -> bool:
    return element.get("isCollection") == "true"


def _is_same(one: etree._Element | None, other: etree._Element | None) -> bool:
    """Whether two items are one, or have the same structure; what is not specified is not compared."""
    if one is None or other is None or one is other:
        return True
    return bool(one.get("structureRef")) and one.get("structureRef") == other.get("structureRef")


def collections_agree(document: Document) -> Iterator[Finding]:
    """A data object, input or output is a collection exactly when its item is."""
    for element in document.every("dataObject", "dataInput", "dataOutput"):
        item = document.named(element.get("itemSubjectRef"))
        if item is not None and local(item) == "itemDefinition" and _is_collection(element) != _is_collection(item):
            yield warning(
                element,
                "bpmn.data.collection",
                f"{shown(element)} and its item {shown(item)} disagree about being a collection.",
                f"{shown(element)} 与其数据类型 {shown(item)} 的 isCollection 不一致。",
            )


def service_data_match_the_operation(document: Document) -> Iterator[Finding]:
    """The input and output of a service task have the items of its operation's messages."""
    for task in document.of_type("serviceTask"):
        operation = document.named(task.get("operationRef"))
        specification = child(task, "ioSpecification")
        if operation is None or specification is None:
            continue
        for data, message in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
            carried = _item(document, document.named(text_of(child(operation, message))))
            for element in children(specification, data):
                if not _is_same(_item(document, element), carried):
                    yield warning(
                        task,
                        "bpmn.data.operation",
                        f"{shown(element)} of {shown(task)} has another item than the message of operation {shown(operation)}.",
                        f"{shown(task)} 的 {shown(element)} 与操作 {shown(operation)} 的消息数据类型不同。",
                    )


def message_tasks_carry_one(document: Document) -> Iterator[Finding]:
    """A send or receive task with a message has at most one data input or output, of the message's item."""
    for task in document.of_type("sendTask", "receiveTask"):
        specification = child(task, "ioSpecification")
        message = document.named(task.get("messageRef"))
        if specification is None or not task.get("messageRef"):
            continue
        data = list(children(specification, "dataInput" if local(task) == "sendTask" else "dataOutput"))
        if len(data) > 1 or any(not _is_same(_item(document, each), _item(document, message)) for each in data):
            yield warning(
                task,
                "bpmn.data.message",
                f"{shown(task)} carries one message, so it has at most one data element, of the message's item.",
                f"{shown(task)} 只承载一条消息，最多有一个与消息同类型的数据项。",
            )


def loops_have_their_data(document: Document) -> Iterator[Finding]:
    """The data of a multi-instance task are its own inputs and outputs; one item of a collection has the collection's
    structure."""
    for loop in document.every("multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        if activity is None:
            continue
        for reference, one in (("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")):
            yield from _loop_data(document, activity, loop, reference, one)


def _loop_data(document: Document, activity: etree._Element, loop: etree._Element, reference: str, one: str) -> Iterator[Finding]:
    named = child(loop, reference)
    if named is None:
        return
    data = document.named(text_of(named))
    wanted = "dataInput" if reference == "loopDataInputRef" else "dataOutput"
    is_own = data is not None and local(data) == wanted and activity in data.iterancestors()
    if local(activity).endswith(("ask", "callActivity")) and document.is_executable(activity) and not is_own:
        yield warning(
            activity,
            "bpmn.loop.data",
            f"{reference} of {shown(activity)} names no {wanted} of that activity.",
            f"{shown(activity)} 的 {reference} 没有指向该活动自己的 {wanted}。",
        )
    item, collection = _item(document, child(loop, one)), _item(document, data)
    if item is not None and collection is not None and (_is_collection(item) or not _is_same(item, collection)):
        yield warning(
            activity,
            "bpmn.loop.item",
            f"{one} of {shown(activity)} is not of the type that the collection holds.",
            f"{shown(activity)} 的 {one} 与集合元素类型不一致。",
        )


def sets_name_all_data(document: Document) -> Iterator[Finding]:
    """Every data input is in an input set and every data output in an output set; optional and late ones are among those
    named."""
    for specification in document.every("ioSpecification"):
        for data, holder, reference, others in (
            ("dataInput", "inputSet", "dataInputRefs", ("optionalInputRefs", "whileExecutingInputRefs")),
            ("dataOutput", "outputSet", "dataOutputRefs", ("optionalOutputRefs", "whileExecutingOutputRefs")),
        ):
            sets = list(children(specification, holder))
            named = {bare(text_of(each)) for one in sets for each in children(one, reference)}
            for element in children(specification, data):
                if element.get("id") not in named:
                    yield warning(
                        element,
                        "bpmn.data.no-set",
                        f"{shown(element)} is in no {holder}.",
                        f"{shown(element)} 不属于任何 {holder}。",
                    )
            yield from _subsets(sets, reference, others)


def _subsets(sets: list[etree._Element], reference: str, others: tuple[str, ...]) -> Iterator[Finding]:
    for one in sets:
        listed = {bare(text_of(each)) for each in children(one, reference)}
        for element in children(one, *others):
            if bare(text_of(element)) not in listed:
                yield warning(
                    one,
                    "bpmn.data.subset",
                    f"{text_of(element)} is listed under {local(element)} but not under {reference}.",
                    f"{text_of(element)} 列在 {local(element)} 中，但不在 {reference} 中。",
                )


def sets_refer_to_each_other(document: Document) -> Iterator[Finding]:
    """An input set that names an output set is named by it."""
    for specification in document.every("ioSpecification"):
        for one, forth, back in (("inputSet", "outputSetRefs", "inputSetRefs"), ("outputSet", "inputSetRefs", "outputSetRefs")):
            for holder in children(specification, one):
                for reference in children(holder, forth):
                    other = document.named(text_of(reference))
                    named = {bare(text_of(each)) for each in children(other, back)} if other is not None else set()
                    if holder.get("id") not in named:
                        yield warning(
                            holder,
                            "bpmn.data.sets",
                            f"{shown(holder)} names {text_of(reference)}, which does not name it back.",
                            f"{shown(holder)} 引用了 {text_of(reference)}，但后者没有反向引用。",
                        )


def associations_are_clear(document: Document) -> Iterator[Finding]:
    """Without a transformation a data association has one source, and both ends the same item."""
    for association in document.every("dataInputAssociation", "dataOutputAssociation"):
        if child(association, "transformation") is not None:
            continue
        sources = list(children(association, "sourceRef"))
        if len(sources) > 1:
            yield warning(
                association,
                "bpmn.data.sources",
                f"{shown(association)} has several sources and so needs a transformation.",
                f"{shown(association)} 有多个来源，必须提供 transformation。",
            )
        ends = [_item(document, document.named(text_of(each))) for each in (*sources[:1], *children(association, "targetRef"))]
        if len(ends) == 2 and None not in ends and not _is_same(*ends):
            yield warning(
                association,
                "bpmn.data.items",
                f"{shown(association)} joins data of different items and so needs a transformation.",
                f"{shown(association)} 两端数据类型不同，必须提供 transformation。",
            )


def events_carry_their_data(document: Document) -> Iterator[Finding]:
    """An event with data has one data element for each of its definitions."""
    for event in document.of_type("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        data = list(children(event, "dataInput", "dataOutput"))
        if data and len(data) < len(document.definitions(event)):
            yield warning(
                event,
                "bpmn.data.event",
                f"{shown(event)} has fewer data elements than event definitions.",
                f"{shown(event)} 的数据项少于事件定义。",
            )


RULES = (
    collections_agree,
    service_data_match_the_operation,
    message_tasks_carry_one,
    loops_have_their_data,
    sets_name_all_data,
    sets_refer_to_each_other,
    associations_are_clear,
    events_carry_their_data,
)
