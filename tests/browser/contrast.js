// Return all that the contrast of a text depends on, for every text that this page shows: its colour, size and weight,
// and the grounds beneath it up to the page's own. Two texts of one description have the same contrast. Of those that
// are not among the known descriptions, the first of each is marked with data-unmeasured.
(known) => {
  const measured = new Set(known);
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return "";
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position].join(" ");
      grounds.set(element, `${own} / ${ground(element.parentElement)}`);
    }
    return grounds.get(element);
  };
  const shown = new Set();
  const add = (element, pseudo) => {
    const { color, fontSize, fontWeight, textShadow, visibility } = getComputedStyle(element, pseudo);
    if (visibility === "hidden" || !element.getClientRects().length) return;
    const text = [pseudo ?? "", color, fontSize, fontWeight, textShadow, ground(element)].join(" | ");
    if (!shown.has(text) && !measured.has(text)) element.setAttribute("data-unmeasured", "");
    shown.add(text);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) add(texts.currentNode.parentElement);
  for (const field of document.querySelectorAll("input, select, textarea")) {
    add(field);
    if (field.placeholder) add(field, "::placeholder");
  }
  return [...shown];
}
