import { connect, createServer, type Server, type Socket } from 'node:net';

/** A loopback port in front of a server that can be shut and opened, as a network fails and comes back. */
export interface TcpGate {
  readonly port: number;
  /** The same URL with this port in place of the server's. */
  through(url: string): string;
  open(): Promise<void>;
  /** Refuses new connections and cuts those that are open. */
  shut(): Promise<void>;
}

/** Begins shut; the port is its own from now on. */
export async function createTcpGate(targetPort: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        inbound.destroy();
        outbound.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    inbound.pipe(outbound).pipe(inbound);
  });
  const port = await listen(server, 0);
  await close(server);
  return {
    port,
    through: (url) => {
      const changed = new URL(url);
      changed.port = String(port);
      return changed.href;
    },
    open: async () => {
      await listen(server, port);
    },
    shut: async () => {
      const closed = server.listening ? close(server) : Promise.resolve();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
