/** With more digits than a JavaScript number has. */
export interface MadeUpAmounts {
  price: string;
  volume_24h: string;
  market_cap: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Price around which each coin moves. */
const PRICES: Record<string, number> = { BTC: 64_000, ETH: 3200, SOL: 150 };
/** Coins in circulation. */
const SUPPLY = 19_700_000;

/**
 * A made-up market: waves of several lengths plus a little noise. A moment always has the same
 * amounts.
 * @param seconds since the epoch
 */
export function madeUpAmounts(symbol: string, seconds: number): MadeUpAmounts {
  const wave = (length: number, height: number) =>
    height * Math.sin((2 * Math.PI * seconds) / length);
  const moves =
    wave(7 * DAY, 0.03) + wave(DAY, 0.012) + wave(5 * HOUR, 0.006) + wave(37 * MINUTE, 0.002);
  const price = (PRICES[symbol] ?? 10) * (1 + moves + (noise(seconds) - 0.5) / 1000);
  const volume = 3e10 * (1 + wave(DAY, 0.2) / 2);
  return {
    price: withDigits(price, seconds),
    volume_24h: withDigits(volume, seconds + 1),
    market_cap: withDigits(price * SUPPLY, seconds + 2),
  };
}

/** From 0 to 1, determined by the seed. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

/** With 20 decimals, more than a JavaScript number keeps. */
function withDigits(value: number, seed: number): string {
  const digits = (salt: number) => String(Math.floor(noise(seed + salt) * 1e10)).padStart(10, "0");
  return `${Math.trunc(value)}.${digits(0.1)}${digits(0.2).slice(0, 9)}7`;
}
