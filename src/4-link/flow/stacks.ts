// Room for numbers that walks use again and again: no list is made anew and outgrown by each of them.

/** Numbers one behind the other; who sets the count to 0 uses the room again. */
export interface Stack {
  items: Int32Array;
  count: number;
}

/** An empty stack. */
export const newStack = (): Stack => ({ items: new Int32Array(1 << 8), count: 0 });

/** Puts a number at the end. */
export function push(stack: Stack, item: number): void {
  if (stack.count === stack.items.length) {
    const { items } = stack;
    stack.items = new Int32Array(items.length * 2);
    stack.items.set(items);
  }
  stack.items[stack.count++] = item;
}
