import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOSource;

import java.io.IOException;

/**
 * A card host on jPOS for each {@link Wire}. It says where each listens, then a line for
 * each message that it read, and ends when its standard input does:
 *
 * <pre>
 * listening ascii4/iso87ascii 127.0.0.1:40001
 * ascii4/iso87ascii TILL01 0200 000000 000000001250 000002 00 | 3=303030303030 ... | 3=303030303030 ...
 * </pre>
 *
 * The line holds terminal, message type, processing code, amount, trace number and the
 * response code, where "-" is a field that is not there and "silence" an answer that never
 * leaves; then all fields of the request and of the answer.
 */
public final class Host {
    private Host() {
    }

    public static void main(String[] args) throws Exception {
        for (Wire wire : Wire.all()) {
            serve(wire);
        }
        while (System.in.read() >= 0) {
            // Whoever started us holds the other end and says nothing.
        }
        System.exit(0);
    }

    private static void serve(Wire wire) throws ISOException, IOException {
        Books books = new Books();
        String address = wire.serve((source, request) -> {
            answer(wire, books, source, request);
            return true;
        });
        say("listening " + wire.name() + " " + address);
    }

    private static void answer(Wire wire, Books books, ISOSource source, ISOMsg request) {
        try {
            ISOMsg answer = books.answer(request);
            say(String.join(" ", wire.name(), text(request, 41), text(request, 0), text(request, 3), text(request, 4),
                text(request, 11), answer == null ? "silence" : answer.getString(39), "|", Fields.of(request),
                "|", answer == null ? "" : Fields.of(answer)));
            if (answer != null) {
                source.send(answer);
            }
        } catch (ISOException | IOException e) {
            say("failed " + wire.name() + " " + e);
        }
    }

    private static String text(ISOMsg message, int field) {
        String text = message.getString(field);
        return text == null || text.isBlank() ? "-" : text.strip();
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
