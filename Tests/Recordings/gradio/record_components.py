"""Records what each component of the installed Gradio shows of itself in `/config`.

    python record_components.py [RECORDINGS] > Sources/GradioAssets/data/components-6.json

One line a component: its class, the order of its properties, whether it belongs into a form, and its entry of
`/config` when it is made without arguments.  The fake fills in what an app file says.  The id of a component's class
depends on where the package is installed: those of a folder of recordings are taken over where they are known.
"""
import inspect
import json
import os
import pathlib
import sys

import gradio as gr
from gradio import blocks, layouts

MAJOR = int(gr.__version__.split(".")[0])
# What a component cannot be made without.
ARGUMENTS = {"dropdown": {"choices": []}, "uploadbutton": {}, "dataset": {"components": ["textbox"], "samples": [["a"]]},
             "accordion": {"label": ""}, "tab": {"label": ""}}
LEFT_OUT = {"blocks", "interface", "tabbedinterface", "chatinterface", "workflow", "duplicatebutton", "loginbutton",
            "logoutbutton", "deeplinkbutton", "workflowcanvas", "dataset", "chatinterface", "parallel", "series",
            "carousel", "box", "variable", "statustracker", "interpretation", "webcam", "jsonviewer", "component", "paramviewer"}
# Texts of the package's documentation: the fake says it in its own words.
OWN_TEXT = "A file on the server: give its path, or a public address in url."


def classes():
    seen = {}
    for name in dir(gr):
        cls = getattr(gr, name)
        if isinstance(cls, type) and issubclass(cls, blocks.Block) and cls.__name__.lower() not in LEFT_OUT:
            seen.setdefault(cls.__name__, cls)
    form = getattr(layouts, "Form", None)
    if form:
        seen["Form"] = form
    return seen


def plain(value):
    """As the server writes it; functions and the like become their text."""
    return json.loads(json.dumps(value, default=lambda v: getattr(v, "model_dump", lambda: None)() or str(v)),
                      parse_constant=lambda _: None)


def class_ids(folder):
    found = {}
    for file in sorted(pathlib.Path(folder).glob(f"v{MAJOR}-*.json")):
        for exchange in json.loads(file.read_text())["exchanges"]:
            body = exchange["response"].get("body")
            for c in body.get("components", []) if isinstance(body, dict) else []:
                kind = "clearbutton" if c["props"].get("value") == "Clear" else c["type"]
                found.setdefault(kind, c.get("component_class_id"))
    return found


def shortened(component):
    """Without what repeats itself, and without whole files as examples."""
    for key in ("api_info_as_input", "api_info_as_output"):
        if key in component and component[key] == component["api_info"]:
            component[key] = True
    return {k: v for k, v in component.items()
            if k != "example_inputs" or len(json.dumps(v)) < 2000}


def reworded(value):
    if isinstance(value, dict):
        out = {}
        for k, v in value.items():
            if isinstance(v, str) and (k == "additional_description" or k == "description" and len(v) > 90):
                v = OWN_TEXT
            out[k] = reworded(v)
        return out
    if isinstance(value, list):
        return [reworded(v) for v in value]
    return value


def described_endpoint(cls, kind, component):
    """How the component is described as an argument and as a result, where that does not follow from its entry."""
    with gr.Blocks(analytics_enabled=False) as demo:
        made = cls(**ARGUMENTS.get(kind, {}))
        gr.Button().click(lambda value: value, made, made, api_name="x")
    if hasattr(demo, "get_api_info"):
        info = plain(demo.get_api_info()) or {}
    else:
        from fastapi.testclient import TestClient
        demo.queue()
        demo.show_error = demo.is_running = True
        info = TestClient(gr.routes.App.create_app(demo)).get("/info").json()
    endpoint = info.get("named_endpoints", {}).get("/x")
    if not endpoint or not endpoint["parameters"]:
        return {}
    argument, result = endpoint["parameters"][0], endpoint["returns"][0]
    out = {}
    for name, row in (("argument", argument), ("result", result)):
        row = {k: v for k, v in row.items() if k in ("type", "python_type", "component", "serializer")}
        if row.get("type") == component.get("api_info"):
            del row["type"]
        if len(row["python_type"].get("description") or "") > 90:
            row["python_type"]["description"] = OWN_TEXT
        out[name] = reworded(row)
    if argument["python_type"] == result["python_type"]:
        out["result"].pop("python_type")
    return out


def entry(cls):
    kind = cls.__name__.lower()
    with gr.Blocks(analytics_enabled=False) as demo:
        made = cls(**ARGUMENTS.get(kind, {}))
    found = [c for c in demo.get_config_file()["components"] if c["id"] == made._id]
    component = plain(found[0])
    component.pop("id")
    order = [p for p in inspect.signature(cls.__init__).parameters if p not in ("self", "args", "kwargs", "_")]
    base = {b.__name__ for b in cls.__mro__}
    described = {}
    if hasattr(made, "api_info") and not getattr(made, "skip_api", False):
        described = described_endpoint(cls, kind, component)
    return {"class": cls.__name__, **described, "order": order, "form": "FormComponent" in base,
            "container": "BlockContext" in base, "component": shortened(reworded(component))}


def main():
    rows, ids = {}, class_ids(sys.argv[1]) if len(sys.argv) > 1 else {}
    for name, cls in classes().items():
        try:
            made = entry(cls)
        except Exception as error:  # a component that this version cannot make bare
            print(f"{name}: {error}", file=sys.stderr)
            continue
        kind = made["component"]["type"]
        if name == "ClearButton":
            kind = "clearbutton"
        if kind != name.lower() and kind in rows and name != "Tab":
            continue
        if ids.get(kind):
            made["component"]["component_class_id"] = ids[kind]
        rows[name.lower()] = made
    text = "{" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'), ensure_ascii=False)}"
                            for k, v in rows.items()) + "}"
    # A component that lists files tells the folder in which it was recorded.
    print(text.replace(json.dumps(os.getcwd())[1:-1], "/srv/app"))


main()
