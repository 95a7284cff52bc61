/**
 * How drivers answer a question, as phrase templates (docs/phrases.md). A yes is more than a sound: what could be said to
 * somebody else in the car, or half heard, is left out.
 */
export const ANSWER_PHRASES: Readonly<Record<"yes" | "no", readonly string[]>> = {
  yes: [
    "yes [please|do|do it|do that|go ahead]",
    "(yeah|yep|sure|certainly|absolutely|of course|definitely) [please|do it|go ahead]",
    "(do it|do that|go ahead|go on|please do|that's right|correct|i'm sure|i confirm)",
  ],
  no: [
    "no [thanks|thank you|don't|stop|leave it|not now|please don't|never mind]",
    "(nope|nah|don't|do not|don't do it|don't do that|please don't|stop|cancel|cancel that|leave it|not now|better not)",
    "(never mind|forget it|no way)",
  ],
};
