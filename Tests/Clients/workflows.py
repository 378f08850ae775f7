"""The workflows that everybody begins with, in ComfyUI's API format, with the titles by which clients find the nodes."""

import struct
import zlib


def text_to_image(prompt="a lighthouse in the fog", seed=7, width=128, height=64, steps=4, checkpoint="") -> dict:
    """Checkpoint, two prompts, a sampler, a picture saved as node 9."""
    return {
        "3": node(
            "KSampler",
            "Sampler",
            seed=seed,
            steps=steps,
            cfg=7.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", "Load Checkpoint", ckpt_name=checkpoint),
        "5": node("EmptyLatentImage", "Empty Latent", width=width, height=height, batch_size=1),
        "6": node("CLIPTextEncode", "Positive", text=prompt, clip=["4", 1]),
        "7": node("CLIPTextEncode", "Negative", text="blurry", clip=["4", 1]),
        "8": node("VAEDecode", "Decode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", "Save Image", filename_prefix="understudy", images=["8", 0]),
    }


def image_to_image(image: str, **options) -> dict:
    """The same, but the sampler starts from an uploaded picture."""
    workflow = text_to_image(**options)
    del workflow["5"]
    workflow["10"] = node("LoadImage", "Load Image", image=image)
    workflow["11"] = node("VAEEncode", "Encode", pixels=["10", 0], vae=["4", 2])
    workflow["3"]["inputs"] |= {"latent_image": ["11", 0], "denoise": 0.6}
    return workflow


def upscale(image: str, width=256, height=128) -> dict:
    """An uploaded picture, made larger and saved as node 9."""
    return {
        "1": node("LoadImage", "Load Image", image=image),
        "2": node(
            "ImageScale", "Scale", image=["1", 0], upscale_method="lanczos", width=width, height=height, crop="disabled"
        ),
        "9": node("SaveImage", "Save Image", filename_prefix="understudy/large", images=["2", 0]),
    }


def node(kind: str, title: str, **inputs) -> dict:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}


def png(width=32, height=16, colour=(200, 60, 30)) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png_size(picture: bytes) -> tuple[int, int]:
    """Width and height as the header has them."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", picture[16:24])


def png_texts(picture: bytes) -> dict[str, str]:
    """The tEXt chunks, in which ComfyUI leaves the workflow; every checksum is looked at on the way."""
    texts, place = {}, 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        kind, body = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", picture[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        if kind == b"tEXt":
            name, text = body.split(b"\0", 1)
            texts[name.decode()] = text.decode("latin-1")
        place += 12 + length
    return texts
