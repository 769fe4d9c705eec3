"""What Schemathesis cannot know of the API: who may ask, and texts of the document's own formats."""

import uuid

import requests
import schemathesis
from hypothesis import strategies as st

LETTERS = st.characters(categories=["L", "N"], max_codepoint=0x10000)
ANY = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
PART = st.text(ANY, max_size=60)

schemathesis.openapi.format("visible", st.builds("".join, st.tuples(PART, LETTERS, PART)))
schemathesis.openapi.format("text", st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=500))
schemathesis.openapi.format(
    "password", st.builds("".join, st.tuples(st.text(LETTERS, min_size=12, max_size=60), PART))
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """A good cursor is one that an answer gave; those of the schema's kind are none."""
    if case.query and case.meta and case.meta.generation.mode.is_positive:
        case.query.pop("cursor", None)


@schemathesis.auth()
class OneUser:
    """Asks as a user who is registered for it."""

    def get(self, case, context):
        address = case.operation.schema.get_base_url().rstrip("/")
        login, password = f"u{uuid.uuid4()}", f"the password {uuid.uuid4()}"
        who = {"login": login, "password": password}
        requests.post(f"{address}/users/", json={"name": "Ada", **who}, timeout=30).raise_for_status()
        session = requests.post(f"{address}/sessions", json=who, timeout=30)
        session.raise_for_status()
        return session.json()["access_token"]

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
