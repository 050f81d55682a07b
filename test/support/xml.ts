// Text in an XML document, such as a picture of a chat or a chart.

/** The text with what XML would read as markup escaped. */
export function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
