// A finger that is down belongs to whoever it is: nothing is taken from under it.
const TAP = 50;
const ENDS = ["pointerup", "pointercancel", "contextmenu"];
const waiting = [];
let isPressed = false;

export const isDown = () => isPressed;
export const up = () => (isPressed ? new Promise((done) => waiting.push(done)) : Promise.resolve());

function lift() {
  isPressed = false;
  waiting.splice(0).forEach((done) => done());
}

addEventListener("pointerdown", ({ button }) => (isPressed = button === 0), true);
// What it presses is pressed a moment after it is up.
for (const end of ENDS) addEventListener(end, () => setTimeout(lift, TAP), true);
