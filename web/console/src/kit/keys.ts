/** Keys of a page while nothing is being typed and no dialog is open; Esc leaves a field, then goes back. */

import { onBeforeUnmount, onMounted } from "vue";
import { useRouter } from "vue-router";

export function useKeys(keys: Record<string, () => void>): void {
  const router = useRouter();

  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target as HTMLElement;
    if (target.closest("[role=dialog], [role=listbox], .el-popper")) return;
    if (document.querySelector(".el-overlay:not([style*='display: none'])")) return;
    const isTyping = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      if (isTyping) target.blur();
      else if (history.state?.back) router.back();
      return;
    }
    const deed = keys[event.key];
    if (!deed || isTyping || (event.key === "Enter" && target.matches("a, button, summary, input"))) return;
    event.preventDefault();
    deed();
  }

  onMounted(() => addEventListener("keydown", pressed));
  onBeforeUnmount(() => removeEventListener("keydown", pressed));
}
