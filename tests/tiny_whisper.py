"""Writes a small Whisper model of random weights to a folder: it loads and decodes like a real one, and hears nonsense.

Run: python -m tests.tiny_whisper FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec
from ctranslate2.specs.model_spec import LayerSpec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH, HEADS, MELS, FRAMES, LONGEST = 32, 2, 80, 1500, 448
TOKENS = 51865
LANGUAGES = [code for code in _LANGUAGE_CODES if code != "yue"]  # the 99 of the multilingual models


def write_tiny_whisper(folder: Path | str, seed: int = 0) -> Path:
    """Write the model (16 MB, in a second) to this folder, made if need be; the same seed gives the same weights."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, special = _vocabulary()
    spec = WhisperSpec(1, HEADS, 1, HEADS)
    _fill(spec, np.random.default_rng(seed))
    _end_soon(spec, vocabulary.index("<|endoftext|>"))
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids = [vocabulary.index(f"<|{code}|>") for code in LANGUAGES]
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.save(str(folder))
    tokenizer = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(vocabulary)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS}))
    return folder


def _vocabulary() -> tuple[list[str], list[str]]:
    """All tokens, and those of them with a special meaning, in Whisper's order."""
    text = sorted(pre_tokenizers.ByteLevel.alphabet())
    times = [f"<|{number * 0.02:.2f}|>" for number in range(FRAMES + 1)]
    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    special = [f"<|{name}|>" for name in ("endoftext", "startoftranscript", *LANGUAGES, *tasks)]
    words = [f"Ġword{number}" for number in range(TOKENS - len(text) - len(special) - len(times) - 1)]
    # The empty token is the sign of a multilingual model.
    return [*text, *words, "", *special, *times], special


def _fill(spec: LayerSpec, random: np.random.Generator) -> None:
    """Give every layer weights of its shape."""

    def weights(*shape: int) -> np.ndarray:
        return random.normal(0, 0.05, shape).astype(np.float32)

    shapes = {"conv1": (WIDTH, MELS, 3), "conv2": (WIDTH, WIDTH, 3)}
    for name, layer in (("conv1", spec.encoder.conv1), ("conv2", spec.encoder.conv2)):
        layer.weight, layer.bias = weights(*shapes[name]), weights(WIDTH)
    spec.encoder.position_encodings.encodings = weights(FRAMES, WIDTH)
    spec.decoder.position_encodings.encodings = weights(LONGEST, WIDTH)
    spec.decoder.embeddings.weight = weights(TOKENS, WIDTH)
    spec.decoder.projection.weight = weights(TOKENS, WIDTH)
    norms = [spec.encoder.layer_norm, spec.decoder.layer_norm]
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        attentions = [layer.self_attention, *([layer.attention] if hasattr(layer, "attention") else [])]
        for attention in attentions:
            # Self-attention asks with queries, keys and values at once; attention to the audio asks in two steps.
            shares = (3, 1) if attention is layer.self_attention else (1, 2, 1)
            for linear, share in zip(attention.linear, shares, strict=True):
                linear.weight, linear.bias = weights(share * WIDTH, WIDTH), weights(share * WIDTH)
            norms.append(attention.layer_norm)
        for linear, shape in ((layer.ffn.linear_0, (4 * WIDTH, WIDTH)), (layer.ffn.linear_1, (WIDTH, 4 * WIDTH))):
            linear.weight, linear.bias = weights(*shape), weights(shape[0])
        norms.append(layer.ffn.layer_norm)
    for norm in norms:
        norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _end_soon(spec: WhisperSpec, end: int) -> None:
    """From the twelfth token on, the end is the likeliest: random weights alone go on to the very limit."""
    direction = np.resize(np.array([1, -1], np.float32), WIDTH)
    spec.decoder.position_encodings.encodings[12:] += 10 * direction
    spec.decoder.projection.weight[end] = direction


if __name__ == "__main__":
    write_tiny_whisper(sys.argv[1])
