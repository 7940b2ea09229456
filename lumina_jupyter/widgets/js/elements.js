/** Elements of the page. */

/** An element with a class and a text. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A button, which does something when it is pressed. */
export function button(text, pressed) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", pressed);
  return made;
}

/** Sets a text where it is another, so that nothing is rendered or read out for nothing. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A function that draws in the next frame, however often it is called until then. */
export function inNextFrame(draw) {
  let frame = 0;
  return () => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  };
}
