/** Trying again by itself what could not be had: now and then, and when the line is there again. */

import { onUnmounted } from "vue";

const EVERY_MILLISECONDS = 15_000;

export function useTryingAgain(isNeeded: () => boolean, again: () => void): void {
  const tryAgain = () => {
    if (isNeeded() && !document.hidden) again();
  };
  const trying = setInterval(tryAgain, EVERY_MILLISECONDS);
  window.addEventListener("online", tryAgain);
  onUnmounted(() => {
    clearInterval(trying);
    window.removeEventListener("online", tryAgain);
  });
}
