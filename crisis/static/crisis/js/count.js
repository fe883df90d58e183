// How long a text is, counted as the network itself counts it: playbooks/rules/counting.py once more.
// Both give the same numbers for the texts of tests/playbooks/counts.json.
const WORD = "\\p{L}\\p{N}_";
const PICTURE =
  "(?:\\p{Emoji_Modifier_Base}\\uFE0F?\\p{Emoji_Modifier}" +
  "|[\\u00A9\\u00AE]\\uFE0F|(?![\\u00A9\\u00AE])\\p{Extended_Pictographic}\\uFE0F?)";
const EMOJI = new RegExp(
  "\\p{Regional_Indicator}{2}|[0-9#*]\\uFE0F?\\u20E3|\\u{1F3F4}[\\u{E0020}-\\u{E007E}]+\\u{E007F}" +
    `|${PICTURE}(?:\\u200D${PICTURE})*`,
  "gu",
);
const LEADING_NAMES = /^(?:@[A-Za-z0-9_]{1,20}(?:\s+|$))+/u;
const IN_NAME = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
const FULL_NAME = new RegExp(
  `(?<![=/${IN_NAME}])(@[a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)@[${IN_NAME}.-]*[${IN_NAME}]`,
  "giu",
);
const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_TWICE = "\f^{}\\[~]|€";

const FULL = `(?<![a-z0-9@＠$#＃])https?://(?<full>[${WORD}-]+(?:\\.[${WORD}-]+)+)`;
const HEAD = "a-z0-9\\u00c0-\\u024f";
const BARE =
  `(?<![${HEAD}@＠$#＃_./-])` +
  `(?<bare>[${HEAD}][${HEAD}_-]*(?:\\.(?:[${HEAD}_-]+|(?:(?![\\x00-\\x7f])[${WORD}])+))+)`;
const DOMAIN = /^(?!-)[\p{L}\p{N}](?:[\p{L}\p{N}]|-)*(?<!-)$/u;
const LETTERS = "a-z0-9\\u00c0-\\u024f\\u0400-\\u04ff";
const IN_PATH = `[${LETTERS}!*';:=+,.$%\\[\\]\\-\\u2013_~@|&#/]`;
const PATH = new RegExp(`/(?:${IN_PATH}|\\(${IN_PATH}+\\))*`, "iyu");
const PATH_END = new RegExp(`[${LETTERS}=_#/+)\\-]`, "iu");
const QUERY = /\?[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]*/iyu;
const QUERY_END = /[a-z0-9_&=#/-]/iu;
const PORT = /:[0-9]+/y;

const at = (pattern, text, start) => {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? null;
};

function trimmed(found, ending) {
  let end = found.length;
  while (end > 0 && !ending.test(found[end - 1])) end -= 1;
  return end;
}

function tldEnd(text, start, stop, tlds) {
  const head = text.slice(start, stop).match(/^[a-z0-9-]+/iu);
  for (const end of [stop, head ? start + head[0].length : stop]) {
    const name = text.slice(start, end).toLowerCase();
    const isKnown = tlds.has(name) || name.startsWith("xn--");
    if (isKnown && !/^[a-z0-9@+-]/iu.test(text.slice(end, end + 1))) return end;
  }
  return null;
}

// Cut the dotted name back, part by part, until it ends in a top-level domain.
function hostEnd(text, start, stop, tlds) {
  for (let dot; (dot = text.lastIndexOf(".", stop - 1)) > start; stop = dot) {
    const before = text.lastIndexOf(".", dot - 1);
    const domain = text.slice(before >= start ? before + 1 : start, dot);
    const end = tldEnd(text, dot + 1, stop, tlds);
    if (end !== null && DOMAIN.test(domain)) return end;
  }
  return null;
}

function linkEnd(text, end, hasScheme) {
  let here = end + (at(PORT, text, end) ?? "").length;
  const path = at(PATH, text, here);
  if (path === null && !hasScheme) return end;
  if (path !== null) here += trimmed(path, PATH_END);
  const query = at(QUERY, text, here);
  return query === null ? here : here + trimmed(query, QUERY_END);
}

function withShortLinks(text, net, tlds) {
  const pattern = new RegExp(net.bare_links ? `${FULL}|${BARE}` : FULL, "giu");
  let [short, from, found] = ["", 0, null];
  while ((found = pattern.exec(text))) {
    const { full, bare } = found.groups;
    const stop = found.index + found[0].length;
    const start = stop - (full ?? bare).length;
    const host = hostEnd(text, start, stop, tlds);
    if (host === null) continue;
    const end = linkEnd(text, host, full !== undefined);
    short += text.slice(from, found.index) + "x".repeat(net.link_weight);
    from = pattern.lastIndex = end;
  }
  return short + text.slice(from);
}

// Many times the limit: by how many exactly nobody asks, and looking for it would stop the page.
const FAR = 20;

// Counted without keeping: of a pasted book each part is an object.
function many(parts) {
  let found = 0;
  for (const _ of parts) found += 1;
  return found;
}

const bytes = (text) => new TextEncoder().encode(text).length;
const isGsm = (text) => [...text].every((char) => GSM.includes(char) || GSM_TWICE.includes(char));

const COUNTERS = {
  weighted(text, net) {
    let emoji = 0;
    const rest = text.replace(EMOJI, () => ((emoji += 1), ""));
    const isLight = (code) => net.light.some(([first, last]) => first <= code && code <= last);
    const weights = [...rest].map((char) => (isLight(char.codePointAt(0)) ? 1 : 2));
    return weights.reduce((sum, weight) => sum + weight, emoji * (net.emoji_weight ?? 2));
  },
  graphemes(text, net) {
    const size = bytes(text);
    if (net.max_bytes && size > net.max_bytes) return Math.ceil((size * net.limit) / net.max_bytes);
    if (text.length > FAR * net.limit) return many(text);
    return many(new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text));
  },
  emoji_bytes(text) {
    const emoji = text.match(EMOJI) ?? [];
    return emoji.reduce((sum, one) => sum + bytes(one) - [...one].length, [...text].length);
  },
  gsm: (text) => (isGsm(text) ? [...text].reduce((sum, char) => sum + 1 + GSM_TWICE.includes(char), 0) : text.length),
  characters: (text) => [...text].length,
};

const asSent = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC");

// `net` is a row of networks.toml, `tlds` the set of top-level domains.
export function count(text, net, tlds, isReply = false) {
  let counted = asSent(text);
  if (isReply && net.free_mentions) counted = counted.replace(LEADING_NAMES, "");
  if (net.link_weight) counted = withShortLinks(counted, net, tlds);
  if (net.short_mentions) counted = counted.replace(FULL_NAME, "$1");
  return COUNTERS[net.counter](counted, net);
}

export const networkLimit = (text, net) =>
  net.unicode_limit && !isGsm(asSent(text)) ? net.unicode_limit : net.limit;
