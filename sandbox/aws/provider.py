"""The stand-in for `pulumi-resource-aws`: the provider's manners, AWS's API behind them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from sandbox.aws import (
    catalogue,
    check,
    connection,
    difference,
    errors,
    invokes,
    lifecycle,
    observed,
    recorded,
)
from sandbox.aws.catalogue import TypeFacts
from sandbox.aws.connection import Connection
from sandbox.aws.errors import AwsError, EmulatorLimitError
from sandbox.aws.properties import camel, echoed, mapping, outputs_with, setting
from sandbox.aws.table import TABLE, Entry
from sandbox.aws.work import Work
from sandbox.plugins.tokens import token_of
from sandbox.plugins.values import UNKNOWN, contains_unknown, plain, plain_map, wrap, wrap_map
from sandbox.store import How, Store

_Properties = dict[str, PropertyValue]
_Answer = TypeVar("_Answer")


def preload() -> None:
    """Read what every provider process needs, before the zygote forks."""
    connection.preload()
    catalogue.preload(TABLE)


class AwsProvider(Provider):
    """One configured AWS provider: an account, a Region, default tags."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._account = ""
        self._region = ""
        self._default_tags: dict[str, str] = {}
        self._old_inputs: dict[str, dict[str, Any]] = {}

    # Configuration.

    async def check_config(self, request: CheckRequest) -> CheckResponse:
        """Refuse settings that the provider does not have."""
        unknown = request.new_inputs.keys() - catalogue.provider_inputs() - {"version"}
        failures = [
            CheckFailure(name, f"an argument named {name!r} is not expected here")
            for name in sorted(unknown)
            if not name.startswith("__")
        ]
        return CheckResponse(inputs=request.new_inputs, failures=failures)

    async def diff_config(self, request: DiffRequest) -> DiffResponse:
        """Compare settings; none of them needs new resources."""
        old, new = plain_map(request.old_state), plain_map(request.new_inputs)
        names = difference.changed_names(old, new)
        return difference.answer(old, new, names, [], delete_first=False)

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        """Take the settings, assume the roles, and refuse an account that is not allowed."""
        settings = {name: setting(plain(value)) for name, value in request.args.items()}
        self._region = str(settings.get("region") or connection.default_region())
        tags = mapping(mapping(settings.get("defaultTags")).get("tags"))
        self._default_tags = {key: str(value) for key, value in tags.items()}
        if not contains_unknown(settings):
            await asyncio.to_thread(self._connect, settings)
        return ConfigureResponse(accept_secrets=True, supports_preview=True)

    def _connect(self, settings: Mapping[str, Any]) -> None:
        given = cast("list[dict[str, object]]", settings.get("assumeRoles") or [])
        # The SDK passes dictionaries on as they are written, and the bridge takes both spellings.
        roles = [{camel(key): value for key, value in role.items()} for role in given]
        try:
            base = Connection.from_environment(self._region)
            self._connection = base.assume(roles)
            self._account = self._connection.account_id()
        except ClientError as error:
            what = f"assuming role {roles[-1]['roleArn']}" if roles else "reading credentials"
            raise AwsError(f"error {what}: {errors.words(error)}") from error
        except BotoCoreError as error:
            raise AwsError(f"error configuring AWS provider: {error}") from error
        allowed = cast("list[object]", settings.get("allowedAccountIds") or [])
        forbidden = cast("list[object]", settings.get("forbiddenAccountIds") or [])
        if (allowed and self._account not in allowed) or self._account in forbidden:
            raise AwsError(f"AWS account ID not allowed: {self._account}")

    # Resources.

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Refuse what the SDK's types do not have; name what the program does not name."""
        facts = catalogue.facts(token_of(request))
        if facts is None:
            return CheckResponse(failures=[_unknown_type(token_of(request))])
        news, olds = plain_map(request.new_inputs), plain_map(request.old_inputs)
        inputs = {
            name: value for name, value in request.new_inputs.items() if value.value is not None
        }
        rule = check.autonaming(token_of(request), facts)
        name = check.named(rule, request.name, news, olds, request.random_seed) if rule else None
        if rule is not None and name is not None:
            inputs[rule.property] = wrap(name)
            inputs[check.DEFAULTS_KEY] = wrap([rule.property])
        for key, value in _defaults(token_of(request)).items():
            inputs.setdefault(key, wrap(value))
        return CheckResponse(inputs=inputs, failures=check.failures(facts, plain_map(inputs)))

    async def diff(self, request: DiffRequest) -> DiffResponse:
        """Say what changes, and what of it AWS cannot change in place."""
        facts = _require(token_of(request))
        old, new = self._old(request, facts), plain_map(request.new_inputs)
        self._old_inputs[request.urn] = old
        ignored = set(request.ignore_changes)
        names = [name for name in difference.changed_names(old, new) if name not in ignored]
        entry = TABLE.get(token_of(request))
        replaced: list[str] = []
        if entry is not None:
            takes = self._work(token_of(request), request.urn, new).takes
            inside = entry.replaces(old, new) if entry.replaces is not None else frozenset[str]()
            replaced = [
                n for n in names if n in inside or difference.needs_replacement(entry, n, takes)
            ]
        elif "region" in names:
            replaced = ["region"]
        if "tagsAll" in facts.outputs and not ignored & {"tags", "tagsAll"}:
            old, new = self._with_all_tags(request, old, new)
            names = sorted(
                {
                    *names,
                    *difference.changed_names(
                        {"tagsAll": old["tagsAll"]}, {"tagsAll": new["tagsAll"]}
                    ),
                }
            )
        delete_first = (
            entry is None or entry.delete_first or _collides(token_of(request), facts, old, new)
        )
        return difference.answer(old, new, names, replaced, delete_first=delete_first)

    async def create(self, request: CreateRequest) -> CreateResponse:
        """Make a resource; in a preview, say which outputs nobody can know yet."""
        token = token_of(request)
        facts = _require(token)
        if request.preview:
            return CreateResponse(properties=self._preview(facts, request.properties))
        given = plain_map(request.properties)
        name = check.prefixed(check.autonaming(token, facts), given)
        work = self._work(token, request.urn, {**given, **name})
        how: How = "recorded"
        if work.entry is recorded.ENTRY:
            identity, computed = recorded.create(self._store, work)
        else:
            try:
                identity, computed = await _in_thread(
                    "creating", token, lambda: lifecycle.create(work)
                )
                how = "api"
            except EmulatorLimitError:
                if work.id or work.result:
                    raise
                identity, computed = recorded.create(self._store, work)
        if how == "api":
            kept = recorded.kept(work, computed)
            self._store.put(request.urn, token, identity, work.account, work.region, how, kept)
        return CreateResponse(identity, outputs_with(request.properties, {**name, **computed}))

    async def read(self, request: ReadRequest) -> ReadResponse:
        """Ask AWS how the resource is now; without an id it is gone."""
        token = token_of(request)
        facts = _require(token)
        state, inputs = plain_map(request.properties), plain_map(request.inputs)
        work = self._work(token, request.urn, state, request.resource_id)
        if self._is_recorded(work):
            return recorded.read(self._store, work, request)
        described = await _in_thread("reading", token, lambda: lifecycle.describe(work))
        if described is None:
            return ReadResponse()
        if not state:
            found = await _in_thread("reading", token, lambda: observed.outputs(work, described))
            given = {name: value for name, value in found.items() if name in facts.inputs}
            return ReadResponse(request.resource_id, wrap_map(found), wrap_map(given))
        moved = observed.drift(work, described, inputs)
        tags = cast("dict[str, str] | None", moved.pop("tagsAll", None))
        properties, new_inputs = dict(request.properties), dict(request.inputs)
        if tags is not None:
            properties["tagsAll"] = wrap(tags)
            moved["tags"] = {k: v for k, v in tags.items() if self._default_tags.get(k) != v}
        for name, value in moved.items():
            properties[name] = new_inputs[name] = wrap(value)
        for name, value in observed.anew(work, described).items():
            properties[name] = wrap(value)
        return ReadResponse(request.resource_id, properties, new_inputs)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Change what differs."""
        token = token_of(request)
        facts = _require(token)
        state, new = plain_map(request.olds), plain_map(request.news)
        old = self._old_inputs.get(request.urn) or echoed(facts, state, new)
        kept = {name: value for name, value in request.olds.items() if name not in old}
        properties = {**kept, **request.news}
        if request.preview:
            all_tags = {"tagsAll": self._all_tags(new)} if "tagsAll" in facts.outputs else {}
            return UpdateResponse(outputs_with(properties, all_tags))
        known = {name: value for name, value in state.items() if name not in facts.inputs}
        work = self._work(token, request.urn, {**known, **new}, request.resource_id)
        if self._is_recorded(work):
            return recorded.update(self._store, work, properties)
        changed = frozenset(difference.changed_names(old, new))
        old_tags = {str(key): str(value) for key, value in mapping(state.get("tagsAll")).items()}

        def change() -> dict[str, object]:
            lifecycle.update(work, state, changed, old_tags)
            work.properties = new
            return observed.outputs(work, lifecycle.describe(work))

        computed = await _in_thread("updating", token, change)
        if work.entry.kept:
            self._store.update(
                token,
                work.id,
                recorded.kept(work, computed),
                account=work.account,
                region=work.region,
            )
        return UpdateResponse(outputs_with(properties, computed))

    async def delete(self, request: DeleteRequest) -> None:
        """Delete a resource; one that is gone already is no error."""
        token, state = token_of(request), plain_map(request.properties)
        work = self._work(token, request.urn, state, request.resource_id)
        if not self._is_recorded(work):
            await _in_thread("deleting", token, lambda: lifecycle.delete(work))
        self._store.delete(token, request.resource_id, account=work.account, region=work.region)

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        """Answer the few questions that need no look-up."""
        answer = invokes.answer(request.tok, plain_map(request.args), self._account, self._region)
        return InvokeResponse(return_value=wrap_map(answer))

    # Parts.

    def _work(self, token: str, urn: str, properties: dict[str, Any], identity: str = "") -> Work:
        if self._connection is None:
            raise AwsError("error configuring AWS provider: its account is not known yet")
        return Work(
            token=token,
            urn=urn,
            entry=TABLE.get(token, recorded.ENTRY),
            connection=self._connection,
            account=self._account,
            region=str(properties.get("region") or self._region),
            properties=properties,
            tags=self._all_tags(properties) if "tagsAll" in _require(token).outputs else {},
            id=identity,
            store=self._store,
        )

    def _all_tags(self, inputs: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a map of tags, or unknown
        tags = inputs.get("tags")
        if tags == UNKNOWN:
            return UNKNOWN
        return {**self._default_tags, **cast("Mapping[str, str]", tags or {})}

    def _with_all_tags(
        self, request: DiffRequest, old: dict[str, Any], new: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        before = request.old_state.get("tagsAll")
        return (
            {**old, "tagsAll": plain(before) if before is not None else {}},
            {**new, "tagsAll": self._all_tags(new)},
        )

    def _old(self, request: DiffRequest, facts: TypeFacts) -> dict[str, Any]:
        given = getattr(request, "old_inputs", None)
        if given:
            return plain_map(cast("_Properties", given))
        return echoed(facts, plain_map(request.old_state), plain_map(request.new_inputs))

    def _preview(self, facts: TypeFacts, inputs: _Properties) -> _Properties:
        properties = plain_map(inputs)
        unknown: dict[str, object] = dict.fromkeys(facts.computed(), UNKNOWN)
        if "tagsAll" in facts.outputs:
            unknown["tagsAll"] = self._all_tags(properties)
        if "region" in facts.outputs and "region" not in properties:
            unknown["region"] = self._region
        return outputs_with(inputs, unknown)

    def _is_recorded(self, work: Work) -> bool:
        """Whether the store alone knows the resource: no row, or one the emulator could not do."""
        if work.entry is recorded.ENTRY:
            return True
        kept = self._store.get(work.token, work.id, account=work.account, region=work.region)
        return kept is not None and kept.how == "recorded"


async def _in_thread(verb: str, token: str, action: Callable[[], _Answer]) -> _Answer:
    """Do something that waits for AWS; its refusal reaches the user in AWS's words."""
    try:
        return await asyncio.to_thread(action)
    except (ClientError, BotoCoreError, ResponseParserError) as error:
        said = errors.words(error) if isinstance(error, ClientError) else str(error)
        kind = EmulatorLimitError if errors.is_limit(error) else AwsError
        raise kind(f"error {verb} {errors.title(token)}: {said}") from error


def _require(token: str) -> TypeFacts:
    facts = catalogue.facts(token)
    if facts is None:
        raise AwsError(_unknown_type(token).reason)
    return facts


def _unknown_type(token: str) -> CheckFailure:
    return CheckFailure(
        "", f"unrecognized resource type {token!r}: pulumi-aws has none of this name"
    )


def _defaults(token: str) -> Mapping[str, object]:
    entry: Entry | None = TABLE.get(token)
    return entry.defaults if entry is not None else {}


def _collides(token: str, facts: TypeFacts, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether old and new would have the same given name at the same time."""
    rule = check.autonaming(token, facts)
    if rule is None or rule.property in cast("list[str]", new.get(check.DEFAULTS_KEY) or []):
        return False
    return new.get(rule.property) is not None and old.get(rule.property) == new.get(rule.property)
