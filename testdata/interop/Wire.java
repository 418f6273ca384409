import org.jpos.iso.ISOException;
import org.jpos.iso.ISOPackager;
import org.jpos.iso.ISORequestListener;
import org.jpos.iso.ISOServer;
import org.jpos.iso.ISOUtil;
import org.jpos.iso.ServerChannel;
import org.jpos.iso.channel.ASCIIChannel;
import org.jpos.iso.channel.NACChannel;
import org.jpos.iso.packager.GenericPackager;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** A framing and a packager: how one side of a link speaks. */
record Wire(String framing, String packager) {
    /** The TPDU of a request: identifier, destination, source. */
    static final String TPDU = "6000010000";

    static final String ASCII4 = "ascii4";
    static final String NAC = "nac";

    /** Both framings with both packagers. */
    static List<Wire> all() {
        List<Wire> wires = new ArrayList<>();
        for (String framing : List.of(ASCII4, NAC)) {
            for (String packager : List.of("iso87ascii", "iso87binary")) {
                wires.add(new Wire(framing, packager));
            }
        }
        return wires;
    }

    static Wire of(String name) {
        for (Wire wire : all()) {
            if (wire.name().equals(name)) {
                return wire;
            }
        }
        throw new IllegalArgumentException("no wire " + name);
    }

    String name() {
        return framing + "/" + packager;
    }

    /** The packager as it lies in the jar of jPOS. */
    String config() {
        return "jar:packager/" + packager + ".xml";
    }

    String channelClass() {
        return framing.equals(NAC) ? NACChannel.class.getName() : ASCIIChannel.class.getName();
    }

    /** Serves on loopback until the program ends, and gives the address. */
    String serve(ISORequestListener listener) throws ISOException, IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ISOServer server = server(socket.getLocalPort());
        server.setSocketFactory(port -> socket);
        server.addISORequestListener(listener);
        Thread thread = new Thread(server, name());
        thread.setDaemon(true);
        thread.start();
        return "127.0.0.1:" + socket.getLocalPort();
    }

    @SuppressWarnings("deprecation") // of the pool, without which no server can be made
    private ISOServer server(int port) throws ISOException, IOException {
        ISOPackager fields = new GenericPackager(config());
        ServerChannel channel = framing.equals(NAC) ? new NACChannel(fields, ISOUtil.hex2byte(TPDU)) : new ASCIIChannel(fields);
        return new ISOServer(port, channel, new org.jpos.util.ThreadPool(8, 64));
    }
}
