"""A client that asks each fake of a running suite for its main answer. usage: serve_check.py READY_LINE_FILE"""
import json
import sys
import urllib.request
from pathlib import Path


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main():
    ready = json.loads(Path(sys.argv[1]).read_text())
    for fake in ready["fakes"]:
        for url in [fake["url"], *fake.get("also", [])]:
            url = url.replace("0.0.0.0", "127.0.0.1")
            match fake["kind"]:
                case "comfyui":
                    assert ask(f"{url}/system_stats")["system"]["comfyui_version"]
                case "litellm":
                    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}], "mock_response": "Curtain up"}
                    assert ask(f"{url}/v1/chat/completions", body)["choices"][0]["message"]["content"] == "Curtain up"
                case "gradio":
                    assert ask(f"{url}/config")["version"]
            print(f"served: {fake['id']} at {url}")


if __name__ == "__main__":
    main()
