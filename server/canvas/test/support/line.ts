import http from "node:http";
import net from "node:net";
import { afterAll } from "vitest";

/**
 * The line between a browser and the bridge, as a proxy of the browser's context: it can go dead in the middle of what
 * somebody sends, as a real one does.
 *
 *     const line = await openLine();
 *     const ada = await stage.owner({ proxy: { server: line.url } });
 *     line.cutAfter(3_000_000);                 // of the next part of an upload so many bytes get through
 *     line.mend();                              // and from now on all of it
 */
export class Line {
  /** Where the parts of uploads began that were sent over it, the lost ones too. */
  readonly offsets: number[] = [];
  private left = Number.POSITIVE_INFINITY;
  private dead = false;

  constructor(readonly url: string) {}

  /** After so many bytes of an upload the connection breaks; `forGood`, and no other part gets through. */
  cutAfter(bytes: number, { forGood = false } = {}): void {
    this.left = bytes;
    this.dead = forGood;
  }

  mend(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  /** Pass a request on, as far as the line holds. */
  carry(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method, headers } = request;
    const onward = http.request(request.url ?? "", { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    const broken = () => {
      onward.destroy();
      request.destroy();
    };
    onward.on("error", broken);
    response.on("close", () => onward.destroy());
    if (method !== "PATCH") {
      request.pipe(onward);
      return;
    }
    this.offsets.push(Number(new URL(request.url ?? "").searchParams.get("offset")));
    request.on("data", (chunk: Buffer) => {
      onward.write(chunk.subarray(0, this.left));
      this.left -= chunk.length;
      if (this.left > 0) return;
      this.left = this.dead ? 0 : Number.POSITIVE_INFINITY;
      request.removeAllListeners("data");
      // The bridge gets to see what was let through before its connection ends.
      onward.write("", () => broken());
    });
    request.on("end", () => onward.end());
  }
}

/** A line of one's own; it ends after the last test of the file. */
export async function openLine(): Promise<Line> {
  const server = http.createServer((request, response) => line.carry(request, response));
  // The live connection: bytes both ways.
  server.on("connect", (request, socket, head) => {
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = net.connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const line = new Line(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return line;
}
