"""A real Gradio app, for the tests of captures: run by the Python of .build-venv/gradio with the port to listen on."""

import sys

import gradio as gr


def paint(prompt, steps, style, seed=None):
    return None, f"{prompt} in {steps} steps"


def words(text, seen):
    for number, word in enumerate(text.split()):
        yield word, number


with gr.Blocks(title="Painter: a {test}") as demo:
    gr.Markdown("# Painter\n\nPaints `what` you say.")
    with gr.Row():
        with gr.Column(scale=2):
            prompt = gr.Textbox(label="Prompt", lines=3, placeholder="a {cat}")
            steps = gr.Slider(1, 50, value=4, step=1, label="Steps")
            style = gr.Dropdown(["oil", ("Water colour", "water")], label="Style", multiselect=True)
            seed = gr.Number(label="Seed", precision=0)
            with gr.Accordion("More", open=False):
                tags = gr.CheckboxGroup(["a", "b"], label="Tags", value=["b"])
                code = gr.Code(language="python", label="Code")
            go, stop = gr.Button("Paint", variant="primary"), gr.Button("Stop")
        with gr.Column():
            image, out = gr.Image(label="Picture", format="png"), gr.Textbox()
            gallery, label, tree = gr.Gallery(label="Gallery"), gr.Label(), gr.JSON()
            table = gr.Dataframe(headers=["a", "b"], label="Table")
    with gr.Tab("Sound"):
        voice, sound, film = gr.Audio(label="In", type="filepath"), gr.Audio(label="Out"), gr.Video(label="Film")
        files = gr.File(label="Files", file_count="multiple")
    with gr.Tab("Chat"):
        chat, message = gr.Chatbot(label="Chat"), gr.MultimodalTextbox()
    seen = gr.State(3)
    painting = go.click(paint, [prompt, steps, style, seed], [image, out], api_name="paint")
    stop.click(None, cancels=[painting])
    prompt.submit(words, [prompt, seen], [out, seen], api_name="words")
    voice.change(lambda voice, tags: (voice, None, None), [voice, tags], [sound, film, files], api_name="sound")
    code.change(lambda code: [None] * 4, code, [gallery, label, tree, table], api_name="all_sorts", api_description="All sorts.")
    message.submit(lambda m, h: (h, None), [message, chat], [chat, message], queue=False, api_name="chat").then(
        lambda: 1, None, seen, api_visibility="private")
    files.upload(lambda files: files, files, files, js="(x) => x", api_visibility="undocumented")
    demo.load(lambda: "hello", None, out, api_name="hello")
    gr.Examples([["a cat", 3]], [prompt, steps])

demo.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True, max_file_size="5mb")
