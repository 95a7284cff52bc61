/** Pieces that many templates share. */
export const A_BIT = "(a bit|a little|a little bit|slightly)";
export const FOR_ZONE = "[(for|on|at|in) [the] {zone}]";
export const IN_HERE = "[in here|in the car|inside]";
export const SWITCH = "(turn|switch|put)";
export const IT_IS = "(i'm|i am|we're|we are|it's|it is)";
