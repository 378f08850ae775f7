"""ComfyUI under load: how many prompts it takes in a second and where their time goes, and a crowd of clients at once."""

import json
from copy import deepcopy
from statistics import median

from . import load
from .crowd import Crowd
from .rounds import Effort, interleaved, ratio
from .servers import Bare, Suite
from .table import Row, rate, size

CLIENTS, PROMPTS, ROUNDS = 1000, 200, 3


def workflow(seed: int = 7, steps: int = 20) -> dict:
    """Twenty nodes, as a workflow of two passes with two LoRAs and a few changes of the picture has them."""
    def node(kind, **inputs):
        return {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}

    def sampler(latent, model, seed, steps, denoise):
        return node(
            "KSampler", model=model, seed=seed, steps=steps, cfg=7.0, sampler_name="dpmpp_2m", scheduler="karras",
            positive=["6", 0], negative=["7", 0], latent_image=latent, denoise=denoise)

    return {
        "1": node("CheckpointLoaderSimple", ckpt_name="sd_xl_base_1.0.safetensors"),
        "2": node("LoraLoader", model=["1", 0], clip=["1", 1], lora_name="add_detail.safetensors", strength_model=0.8, strength_clip=1.0),
        "3": node("LoraLoader", model=["2", 0], clip=["2", 1], lora_name="add_detail.safetensors", strength_model=0.4, strength_clip=0.5),
        "4": node("CLIPSetLastLayer", clip=["3", 1], stop_at_clip_layer=-2),
        "5": node("EmptyLatentImage", width=1024, height=1024, batch_size=1),
        "6": node("CLIPTextEncode", clip=["4", 0], text="a lighthouse on a cliff, storm clouds, long exposure, 35 mm"),
        "7": node("CLIPTextEncode", clip=["4", 0], text="blurry, low quality, watermark, text, frame"),
        "8": sampler(["5", 0], ["3", 0], seed, steps, 1.0),
        "9": node("VAEDecode", samples=["8", 0], vae=["1", 2]),
        "10": node("LatentUpscaleBy", samples=["8", 0], upscale_method="nearest-exact", scale_by=1.5),
        "11": sampler(["10", 0], ["3", 0], seed + 1, steps, 0.45),
        "12": node("VAEDecode", samples=["11", 0], vae=["1", 2]),
        "13": node("ImageScale", image=["12", 0], upscale_method="lanczos", width=1024, height=1024, crop="disabled"),
        "14": node("ImageInvert", image=["9", 0]),
        "15": node("ImageBatch", image1=["13", 0], image2=["14", 0]),
        "16": node("ImagePadForOutpaint", image=["13", 0], left=64, top=64, right=64, bottom=64, feathering=40),
        "17": node("InvertMask", mask=["16", 1]),
        "18": node("MaskToImage", mask=["17", 0]),
        "19": node("SaveImage", images=["15", 0], filename_prefix="bench"),
        "20": node("PreviewImage", images=["18", 0]),
    }


def prompts(seconds: float, rounds: int):
    """`POST /prompt` of twenty nodes beside the bare server that reads as much and gives the same answer; and where the
    processor's time goes, by requests that each go one step further. None of the prompts is run: a first one keeps the card
    busy, and those that wait are thrown away after each round."""
    with Suite("--control", "off", "--only", "comfyui", "--profile", "gpu") as server:
        port = server.fakes["comfyui"]
        sent = {"client_id": "bench", "prompt": workflow()}
        body = json.dumps(sent).encode()
        faulty = deepcopy(sent)
        del faulty["prompt"]["19"]["inputs"]["filename_prefix"], faulty["prompt"]["20"]["inputs"]["images"]
        load.answer(port, load.request("POST", "/prompt", json.dumps({"prompt": workflow(steps=10_000)}).encode()))
        answer = load.answer(port, load.request("POST", "/prompt", body))
        # Each with all that the one before it does, and the next step.
        steps = {
            "take a request and answer it": ("/prompt", b"", False),
            f"read {len(body) / 1000:.1f} KB": ("/upload/image", body, True),
            "parse them": ("/queue", body, False),
            "check 20 nodes": ("/prompt", json.dumps(faulty).encode(), True),
            "name, queue, tell": ("/prompt", body, False),
        }
        efforts = {what: Effort(server) for what in steps}

        def measured(what):
            path, given, refusals = steps[what]

            def measure():
                found = efforts[what].during(
                    lambda: load.answers(port, path, seconds, given, refusals=refusals), seconds)
                load.answer(port, load.request("POST", "/queue", b'{"clear": true}'))
                return found
            return measure

        with Bare(answer) as bare:
            effort = Effort(bare)
            measures = {what: measured(what) for what in steps}
            measures["bare"] = lambda: effort.during(
                lambda: load.answers(bare.port, "/prompt", seconds, body), seconds)
            results = interleaved(measures, rounds)
    last = list(steps)[-1]
    before, all_of_it = 0.0, median(efforts[last].seconds)
    # 5,000 a second of a core that it has to itself, which it has on no busy machine.
    yield Row(
        "comfyui POST /prompt, 20 nodes", f"{rate(median(results[last]))} ({efforts[last]})",
        f"bare lws {rate(median(results['bare']))} ({effort})", f"{ratio(results, last, 'bare'):.2f}", "≤ 200 µs",
        all_of_it <= 200e-6)
    for what in steps:
        until = median(efforts[what].seconds)
        yield Row(f"  to {what}", f"{(until - before) * 1e6:.1f} µs", "", f"{(until - before) / all_of_it:.0%}")
        before = until


def crowd():
    """A thousand clients of which two hundred send a prompt, again and again: is anything lost, does anything come twice,
    does memory grow?"""
    amiss, held = [], []
    with Suite("--control", "off", "--only", "comfyui") as server:
        port = server.fakes["comfyui"]
        for _ in range(ROUNDS):
            with Crowd(port, CLIENTS) as clients:
                amiss += clients.run(PROMPTS)
            for path, body in [("/history", b'{"clear": true}'), ("/free", b'{"free_memory": true}')]:
                load.answer(port, load.request("POST", path, body))
            held.append(server.resident)
    # The pictures are kept: they are what each crowd leaves behind.
    grown = (held[-1] - held[0]) / (ROUNDS - 1)
    yield Row(
        f"comfyui, {CLIENTS:,} clients, {PROMPTS} prompts: amiss", amiss[0] if amiss else "nothing", target="nothing",
        met=not amiss)
    yield Row(
        "  memory after each crowd", size(held[-1]), f"after the first {size(held[0])}", "", "≤ 1 MB more",
        grown <= 1e6)
