import { expect, test } from 'vitest';
import { Budget, likelyTokens, mostTokens } from '../../src/language-model/budget.js';

test('requests at the same time stay within the cap together', async () => {
  const budget = new Budget(10, 1000);
  const first = await budget.reserve(600);
  const second = budget.reserve(600);
  first.settle(100);
  (await second).settle(600);
  expect(budget.tokens).toBe(700);
  await expect(budget.reserve(600)).rejects.toThrow('the cap on tokens is reached');
  expect(budget.calls).toBe(2);
});

test('a request waits no longer than others are on their way', async () => {
  const budget = new Budget(10, 1000);
  const first = await budget.reserve(600);
  const second = budget.reserve(600);
  first.settle(600);
  await expect(second).rejects.toThrow('the cap on tokens is reached');
});

test('a server that counts more than was reserved raises what is reserved next', async () => {
  const budget = new Budget(10, 1000);
  (await budget.reserve(100)).settle(400);
  await expect(budget.reserve(200)).rejects.toThrow('the cap on tokens is reached');
  (await budget.reserve(100)).settle(400);
  expect(budget.tokens).toBe(800);
});

test('calls are counted when they are made', async () => {
  const budget = new Budget(1, 1000);
  await budget.reserve(1);
  await expect(budget.reserve(1)).rejects.toThrow('the cap on calls is reached');
});

test('Chinese counts a token a character, English one for four', () => {
  expect(likelyTokens('port strike '.repeat(100)) - likelyTokens()).toBe(300);
  expect(likelyTokens('港口罢工'.repeat(100)) - likelyTokens()).toBe(400);
  expect(mostTokens('港') - mostTokens()).toBe(3);
});
