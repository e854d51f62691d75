// Draws an answer and, when a marker is clicked, the section that it points to.
// All text goes in through textContent: what notes and models say can never be markup.

const node = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const pieces = (parts) => {
  const made = document.createDocumentFragment();
  for (const part of parts) {
    const kind = part.mark ? "mark" : "span";
    made.append(node(kind, part.tint && !part.mark ? "tint" : "", part.text));
  }
  return made;
};

const sectionOf = (source) => {
  const body = node("div", "section");
  let table = null;
  for (const line of source.lines) {
    if (line.kind === "row") {
      const first = table === null;
      if (first) table = body.appendChild(node("table", ""));
      const row = table.appendChild(node("tr", ""));
      for (const cell of line.cells) row.appendChild(node(first ? "th" : "td", "")).append(pieces(cell));
      continue;
    }
    table = null;
    const made = body.appendChild(node(line.kind === "heading" ? "h4" : "p", line.kind));
    if (line.kind === "bullet") made.style.marginInlineStart = `${1 + line.depth}rem`;
    for (const cell of line.cells) made.append(pieces(cell));
  }
  return body;
};

const panelOf = (source, close) => {
  const panel = node("aside", "panel");
  panel.setAttribute("aria-label", `Source ${source.marker}`);
  const head = panel.appendChild(node("header", ""));
  const title = head.appendChild(node("div", "path"));
  title.append(node("b", "", `${source.marker}  `), source.path.join(" › "));
  const button = head.appendChild(node("button", "close", "×"));
  button.type = "button";
  button.setAttribute("aria-label", "Close the source");
  button.onclick = close;
  const asOf = source.as_of ? ` · as of ${source.as_of}` : "";
  panel.append(node("div", "place", source.place + asOf));
  if (source.flags.length) panel.append(node("p", "caution", `Caution: this passage ${source.flags.join("; ")}.`));
  panel.append(sectionOf(source));
  return panel;
};

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".answer");
  root.replaceChildren();
  const text = root.appendChild(node("div", "text"));
  let open = null;

  const show = (marker) => {
    root.querySelector(".panel")?.remove();
    const same = open === marker;
    open = same ? null : marker;
    for (const button of root.querySelectorAll("button.marker")) {
      button.setAttribute("aria-expanded", String(Number(button.dataset.marker) === open));
    }
    root.classList.toggle("split", open !== null);
    if (open === null) return;
    const source = data.sources.find((each) => each.marker === marker);
    const panel = root.appendChild(panelOf(source, () => show(marker)));
    const mark = panel.querySelector("mark");
    const body = panel.querySelector(".section");
    if (!mark) return;
    // Not `scrollIntoView`, which would move the page, too.
    const [cited, seen] = [mark, body].map((element) => element.getBoundingClientRect());
    body.scrollTop += cited.top - seen.top - body.clientHeight / 3;
    if (cited.right > seen.right) body.scrollLeft += cited.right - seen.right + 16;
  };

  let block = null;
  for (const sentence of data.sentences) {
    const bullet = sentence.prefix.match(/^\n*( *)(-|\d+[.)]) $/);
    if (block === null || bullet || sentence.prefix.startsWith("\n")) {
      block = text.appendChild(node("p", bullet ? "bullet" : ""));
      if (bullet) {
        block.style.marginInlineStart = `${1.1 + bullet[1].length / 2}rem`;
        if (bullet[2] !== "-") block.dataset.sign = bullet[2];
      }
    } else {
      block.append(" ");
    }
    const said = block.appendChild(node("span", sentence.doubt === null ? "" : "doubt", sentence.text));
    if (sentence.doubt !== null) said.title = `Not borne out by the notes: ${sentence.doubt}`;
    for (const marker of sentence.markers) {
      const button = block.appendChild(node("button", "marker", `[${marker}]`));
      button.type = "button";
      button.dataset.marker = marker;
      button.setAttribute("aria-label", `Show source ${marker}`);
      button.setAttribute("aria-expanded", "false");
      button.onclick = () => show(marker);
    }
  }
  if (data.sentences.some((sentence) => sentence.doubt !== null)) {
    text.append(node("p", "legend", "Struck through: not borne out by the notes."));
  }
  if (data.withheld.length) {
    const fold = text.appendChild(node("details", "legend"));
    const count = data.withheld.length;
    fold.append(node("summary", "", `${count} ${count === 1 ? "sentence" : "sentences"} withheld`));
    for (const each of data.withheld) {
      fold.appendChild(node("p", "")).append(node("s", "", each.text), ` (${each.reason})`);
    }
  }
}
