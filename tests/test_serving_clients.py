"""Clients written for D-ID, with only the address changed."""

import D_ID
import pytest
import requests
from serving_tools import HELLO, Server

KEY = "somebody@example.org:a-secret-of-theirs"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("served"), {"keys": (KEY,), "workers": 1}).start()
    yield running
    running.stop()


def client_of(server, path: str):
    """did-api's client, its address changed. It knows D-ID's /clips alone, whose list, get, delete and create have the
    form of those of /talks: the path is changed with the address."""
    client = D_ID.Clips(KEY)
    client.base_url = f"{server.url}/"
    client.url = f"{client.base_url}{path}/"
    return client


def test_did_api_s_client_lists_gets_and_deletes(server, hopper_path):
    key = {"Authorization": f"Basic {KEY}"}
    image = server.upload(hopper_path, headers=key)["url"]
    talk = requests.post(f"{server.url}/talks", json={"source_url": image, "script": HELLO}, headers=key,
                         timeout=30).json()
    server.finished(f"/talks/{talk['id']}", headers=key)
    client = client_of(server, "talks")
    assert [one["id"] for one in client.get_clips(limit=10)["talks"]] == [talk["id"]]
    told = client.get_clip_by_id(talk["id"])
    assert told["status"] == "done"
    assert requests.get(told["result_url"], timeout=30).content[4:8] == b"ftyp"
    assert client.delete_a_clip(talk["id"])["id"] == talk["id"]
    assert client.get_clip_by_id(talk["id"])["kind"] == "NotFoundError"


def test_did_api_s_client_is_told_which_of_its_options_are_not_had(server):
    """It sends a presenter_id, which a talk has none of: nothing of D-ID's /clips is passed over in silence."""
    told = client_of(server, "talks").create_text_to_video_clip("Hello!")
    assert told["kind"] == "ValidationError"
    fields = {one["field"] for one in told["details"]}
    assert {"source_url", "presenter_id", "driver_id", "background"} <= fields
    assert not any(field.startswith("script") for field in fields), "its script is understood"
