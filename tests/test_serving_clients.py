"""Clients written for D-ID, with only the address changed."""

import D_ID
import pytest
import requests
from serving_tools import Server

KEY = "somebody@example.org:a-secret-of-theirs"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("served"), {"keys": (KEY,), "workers": 1}).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def client(server):
    """did-api's client with its address changed, and nothing else."""
    client = D_ID.Clips(KEY)
    client.base_url = f"{server.url}/"
    client.url = client.base_url + client.endpoint
    return client


def test_did_api_s_client_makes_a_film_with_only_its_address_changed(server, client, hopper_path):
    server.upload(hopper_path, headers={"Authorization": f"Basic {KEY}"})
    presenter = client.get_list_of_the_presenter()["presenters"][0]
    assert client.get_presenter_by_id(presenter["presenter_id"]) == presenter
    drivers = client.get_presenter_driver_by_id(presenter["presenter_id"])["clips_drivers"]
    made = client.create_text_to_video_clip("Hi.", presenter["presenter_id"], drivers[1]["driver_id"],
                                            background_color=None, extra_data={"mine": 1})
    assert made["object"] == "clip" and made["status"] == "created", made
    told = server.finished(f"/clips/{made['id']}", headers={"Authorization": f"Basic {KEY}"})
    assert told == client.get_clip_by_id(made["id"]) | {name: told[name] for name in ("result_url", "audio_url")}
    assert told["status"] == "done" and told["driver_id"] == "lively" and told["user_data"] == '{"mine": 1}'
    assert requests.get(told["result_url"], timeout=30).content[4:8] == b"ftyp"
    assert [one["id"] for one in client.get_clips(limit=10)["clips"]] == [made["id"]]
    assert client.delete_a_clip(made["id"])["id"] == made["id"]
    assert client.get_clip_by_id(made["id"])["kind"] == "NotFoundError"


def test_did_api_s_client_is_told_which_of_its_options_are_not_had(client):
    """Its usual presenter, driver and background are D-ID's own: nothing is passed over in silence."""
    told = client.create_text_to_video_clip("Hello!")
    assert told["kind"] == "ValidationError"
    assert {one["field"] for one in told["details"]} == {"driver_id", "background.color"}
