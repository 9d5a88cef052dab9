/** Tubing and catheter: what goes in at one end comes out at the other, oldest first. At first there is no drug in it. */
export class Pipe {
  private content: { volumeMl: number; concentration: number }[];

  constructor(volumeMl: number) {
    this.content = [{ volumeMl, concentration: 0 }];
  }

  /** The drug in ug that comes out as so much of the concentration is pushed in. */
  push(volumeMl: number, concentration: number): number {
    this.content.push({ volumeMl, concentration });
    let left = volumeMl;
    let outUg = 0;
    while (left > 0) {
      const oldest = this.content[0] as Pipe['content'][number];
      const out = Math.min(left, oldest.volumeMl);
      outUg += out * oldest.concentration;
      left -= out;
      oldest.volumeMl -= out;
      if (oldest.volumeMl <= 0) this.content.shift();
    }
    return outUg;
  }

  readonly ug = (): number => this.content.reduce((sum, part) => sum + part.volumeMl * part.concentration, 0);
}
