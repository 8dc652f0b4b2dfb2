#!/usr/bin/env python3
"""Who gets in, and who sees what. usage: tests/cli/access_test.py [TEST...]"""
import json
import re
import sys
import threading

from _attune import (LINK, QUIET, RISKY, Server, add_user, all_messages, attune, check, consent,
                     database, done, folder, has, main, new_id, rows, same)

NAME = "Dr. Ada Wunderlich-Example"


def exported(data):
    return [json.loads(line)["entry"] for line in done("audit", "export", "--data", data).splitlines()]


# A link that works twice, or for ever, is a key under the mat: who finds it reads a record.
def test_links_wrong_used_and_expired():
    with folder() as place:
        data = place / "data"
        _, token = add_user(data, "clinician", NAME, "ada", "--on-call")
        late = LINK.search(done("user", "link", "--data", data, "--login", "ada"))[1]
        with Server(data) as server:
            for wrong in (new_id(), "", "x" * 5000, token[:-1], token.upper() + "0", "' OR 1=1 --",
                          "\u0000", "😀"):
                server.http().call("POST", "/api/session/link", {"token": wrong}).refused(401)
            for body in ({}, {"token": 5}, {"token": None}, [token]):
                server.http().call("POST", "/api/session/link", body).refused(400)
            staff = server.signed_in(token)
            same(staff.good("GET", "/api/me")["account"]["name"], NAME, "who is signed in")
            detail = server.http().call("POST", "/api/session/link", {"token": token}).refused(401)
            has(detail, "Ask for a new one", "what to do")
            # Two phones at once: one of them is in.
            both, threads = [], []
            fresh = LINK.search(done("user", "link", "--data", data, "--login", "ada"))[1]
            for _ in range(8):
                threads.append(threading.Thread(target=lambda: both.append(server.http().call(
                    "POST", "/api/session/link", {"token": fresh}).status)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            same(sorted(both), [200] + [401] * 7, "one link, eight tries at once")
            # A day later.
            with database(data) as connection:
                connection.execute("UPDATE sign_in_link SET expires_at = 1 WHERE used_at IS NULL")
            server.http().call("POST", "/api/session/link", {"token": late}).refused(401)
        refusals = [e for e in exported(data) if e["action"] == "sign-in" and
                    e["result"] == "refused"]
        check(len(refusals) >= 17, f"refused sign-ins stand in the trail: {len(refusals)}")


# Somebody without a name has only this code; a stranger must not get in by any other.
def test_recovery_codes_and_sessions():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", NAME, "ada", "--on-call")
        with Server(data) as server:
            client = server.client()
            client.say(QUIET)
            again = server.http()
            again.good("POST", "/api/session/recover", {"code": client.code})
            same([m["text"] for m in all_messages(again)], [QUIET], "their conversation")
            other = ("1" if client.code[0] == "0" else "0") + client.code[1:]
            for wrong in ("", client.code[:-1], other, "wrong", client.code[::-1]):
                server.http().call("POST", "/api/session/recover", {"code": wrong}).refused(401)
            cookie = again.cookie
            same(again.call("DELETE", "/api/session").status, 204, "signing out")
            server.http(cookie).call("GET", "/api/me/messages").refused(401)
            for forged in ("attune=", "attune=" + new_id(), cookie[:-1], "attune=%00"):
                server.http(forged).call("GET", "/api/me").refused(401)
            # Left open on a shared computer, an hour of nobody ends it.
            with database(data) as connection:
                connection.execute("UPDATE session SET seen_at = 1, created_at = 1")
            client.call("GET", "/api/me/messages").refused(401)


# A wrong password and a wrong login read alike: nobody learns who works here.
def test_passwords():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", NAME, "ada")
        refused = attune("user", "password", "--data", data, "--login", "ada", given=b"short\n")
        check(refused.status != 0, "a short password is refused")
        done("user", "password", "--data", data, "--login", "ada", given=b"correct horse battery\n")
        with Server(data) as server:
            details = set()
            for login, password in (("ada", "wrong horse battery"), ("nobody", "x" * 20), ("", "")):
                details.add(server.http().call("POST", "/api/session/password", {
                    "login": login, "password": password}).refused(401))
            same(len(details), 1, "one sentence for all")
            server.http().good("POST", "/api/session/password",
                               {"login": "ada", "password": "correct horse battery"})


# A guessed or overheard id must open nothing, say nothing, and leave a trace.
def test_records_of_others_by_id():
    with folder() as place:
        data = place / "data"
        _, token = add_user(data, "clinician", NAME, "ada", "--on-call")
        _, other_token = add_user(data, "socialWorker", "Otto Elsewhere", "otto")
        _, admin_token = add_user(data, "administrator", "Ines Admin", "ines")
        _, officer_token = add_user(data, "dataProtection", "Dora Officer", "dora")
        with Server(data) as server:
            ada, otto = server.signed_in(token), server.signed_in(other_token)
            rest = [server.signed_in(admin_token), server.signed_in(officer_token)]
            client, stranger = server.client(), server.client()
            client.say(RISKY)
            stranger.say(QUIET)
            finding = ada.good("GET", "/api/findings")["findings"][0]["id"]
            message = all_messages(client)[0]["id"]
            same(all_messages(ada, f"/api/patients/{client.person}/messages")[0]["text"], RISKY,
                 "who cares for them sees it")
            calls = [("GET", f"/api/patients/{client.person}", None),
                     ("GET", f"/api/patients/{client.person}/messages", None),
                     ("GET", f"/api/patients/{client.person}/observations", None),
                     ("POST", f"/api/patients/{client.person}/messages",
                      {"id": new_id(), "text": "hello"}),
                     ("GET", f"/api/findings/{finding}", None),
                     ("POST", f"/api/findings/{finding}/decision",
                      {"decision": "dismiss", "reason": "none", "version": 1}),
                     ("POST", f"/api/findings/{finding}/assign",
                      {"accountId": otto.account["id"]})]
            absent = [(method, re.sub(r"/[0-9a-z]{26}", "/" + new_id(), path), body)
                      for method, path, body in calls]
            for (method, path, body), (_, nothing, _) in zip(calls, absent):
                real = otto.call(method, path, body)
                none = otto.call(method, nothing, body)
                real.refused(404)
                same(real.body, none.body, f"{path} answers as if it were not there")
                for who in (client, stranger, *rest):
                    check(who.call(method, path, body).status in (403, 404), f"{path}: {who.account}")
                server.http().call(method, path, body).refused(401)
            same(otto.good("GET", "/api/findings")["findings"], [], "not in the queue of others")
            same(otto.good("GET", "/api/caseload")["clients"], [], "nor among their clients")
            for person in ("", client.person):
                same(otto.good("GET", f"/api/findings?person={person}")["findings"], [], "by person")
            stranger.call("GET", f"/api/me/messages?before={message}").refused(404)
            for odd in ("..", "%2e%2e", "x" * 3000, "%00", "%ff", "0" * 26 + "/", "😀".encode().hex()):
                check(otto.call("GET", f"/api/patients/{odd}/messages").status in (400, 404), odd)
            has(json.dumps(client.good("GET", "/api/me/access")), NAME, "who has read, to the client")
        refused = [e for e in exported(data) if e["action"] != "sign-in" and e["result"] not in
                   ("granted", "yes", "no", "paged")]
        mine = [e for e in refused if e["actor"] == otto.account["id"]]
        check(len([e for e in mine if e.get("person") == client.person]) >= len(calls),
              f"each try stands in the trail: {len(mine)}")
        has(" ".join(e.get("detail", "") + e.get("person", "") for e in refused), absent[0][1][-26:],
            "a guessed id too")


# A route somebody forgot to close is found here before it is found by others.
def test_every_route_is_closed():
    with folder() as place:
        data = place / "data"
        _, token = add_user(data, "clinician", NAME, "ada")
        with Server(data) as server:
            client, staff = server.client(), server.signed_in(token)
            paths = server.http().good("GET", "/api/openapi.json")["paths"]
            seen = 0
            for path, methods in paths.items():
                for method, operation in methods.items():
                    scope = operation["x-scope"]
                    call = (method.upper(), re.sub(r"{\w+}", new_id(), path),
                            None if method in ("get", "delete") else {})
                    if scope not in ("everyone", "operator"):
                        seen += 1
                        server.http().call(*call).refused(401)
                    if scope in ("care", "staff"):
                        client.call(*call).refused(403)
                    if scope == "client":
                        staff.call(*call).refused(403)
                    if method not in ("get", "head"):
                        answer = staff.call(*call, headers={"X-Attune": "0"})
                        answer.refused(403)  # as another site's page would send it
                    same(server.http().call("PATCH", call[1], {}).status, 405, "another method")
            check(seen >= 20, f"only {seen} routes behind a sign-in")
            for path in ("/api/nothing", "/api/me/", "/api//me", "/api/patients/"):
                staff.call("GET", path).refused(404)


# "No" means no: from that moment nothing more is taken in, and nobody reads what was derived.
def test_consent_withdrawn():
    with folder() as place:
        data = place / "data"
        _, token = add_user(data, "clinician", NAME, "ada", "--on-call")
        with Server(data) as server:
            staff = server.signed_in(token)
            unasked = server.http()
            unasked.good("POST", "/api/session/start", {})
            unasked.say(QUIET).refused(403)
            client = server.client()
            client.say(RISKY)
            finding = staff.good("GET", "/api/findings")["findings"][0]["id"]
            staff.good("GET", f"/api/findings/{finding}")
            # Withdrawn while messages are on their way.
            results, go = [], threading.Event()

            def write():
                with server.http(client.cookie) as way:
                    for _ in range(40):
                        after = go.is_set()
                        results.append((after, way.say(QUIET).status))
            writers = [threading.Thread(target=write) for _ in range(4)]
            for writer in writers:
                writer.start()
            consent(client, "care", False)
            go.set()
            for writer in writers:
                writer.join()
            check({status for _, status in results} <= {201, 403}, str(set(results)))
            same({s for after, s in results if after} - {403}, set(), "after the no")
            stored = len(all_messages(client)) - 1
            same(stored, sum(status == 201 for _, status in results), "stored")
            client.say(RISKY).refused(403)
            staff.call("GET", f"/api/patients/{client.person}/messages").refused(403)
            staff.call("GET", f"/api/findings/{finding}").refused(403)
            same(staff.good("GET", "/api/findings")["findings"], [], "the queue")
            check(RISKY not in json.dumps(staff.good("GET", "/api/caseload")), "the caseload")
            check(all_messages(client), "their own words stay theirs to see")
            # Given again, it is all there again.
            consent(client, "care", True)
            same(client.say(QUIET).status, 201, "after the yes")
            staff.good("GET", f"/api/findings/{finding}")
            # Care without alerts: read by people, never by the model.
            consent(client, "alerts", False)
            staff.call("GET", f"/api/findings/{finding}").refused(403)
            before = rows(data, "SELECT COUNT(*) FROM finding")
            answer = client.say(RISKY)
            same((answer.status, answer.json["message"]["state"]), (201, "stored"), "not read")
            same(rows(data, "SELECT COUNT(*) FROM work"), [(0,)], "nothing owed")
            same(rows(data, "SELECT COUNT(*) FROM finding"), before, "no new finding")
            client.call("PUT", "/api/me/consents", {
                "source": "messages", "purpose": "alerts", "granted": True,
                "textVersion": "of another day"}).refused(409)
        done("audit", "verify", "--data", data)


# An administrator reads logs, and logs travel: what a client wrote must not travel with them.
def test_logs_and_metrics_hold_nobody_s_words():
    secret = "Xylophonwort"
    with folder() as place:
        data = place / "data"
        _, token = add_user(data, "clinician", NAME, "adalogin", "--on-call", "--email",
                            "ada@clinic.example")
        with Server(data, "--clinic-name", "Clinic") as server:
            staff, client = server.signed_in(token), server.client()
            client.say(f"{RISKY} {secret}")
            client.say(None, raw=f'{{"id":"{new_id()}","text":"{secret}'.encode())
            client.say(secret * 3000)
            client.call("GET", f"/api/{secret}")
            client.call("GET", f"/{secret}?{secret}={secret}")
            client.call("GET", "/api/me", headers={"X-Other": secret})
            client.call("POST", "/api/session/link", {"token": secret})
            client.call("POST", "/api/session/password", {"login": secret, "password": secret})
            client.socket.sendall(f"NONSENSE {secret}\r\n\r\n".encode())
            client.close()
            staff.good("GET", f"/api/patients/{client.person}/messages")
            metrics = server.http().call("GET", "/metrics")
            has(metrics.body.decode(), "owed_readings", "metrics")
            server.stop()
            words = [secret, token, client.code, client.cookie[7:], staff.cookie[7:], NAME,
                     "Wunderlich", "adalogin", "ada@clinic", "#/link/", "other way out"]
            for place_, text in (("log", server.log()), ("output", "".join(server.lines)),
                                 ("metrics", metrics.body.decode()),
                                 ("audit", done("audit", "export", "--data", data))):
                for word in words:
                    check(word.lower() not in text.lower(), f"{word!r} stands in the {place_}")
            has(server.log(), "serving", "there is a log at all")


if __name__ == "__main__":
    sys.exit(main(globals()))
