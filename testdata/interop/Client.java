import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.MUX;
import org.jpos.q2.Q2;
import org.jpos.util.NameRegistrar;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Terminals on jPOS that ask a card host over each {@link Wire}, through the channel
 * adaptors and multiplexers of Q2. Arguments are a file of a chip card's data (field=value,
 * field 55 in hex), then a wire and an address in turn. For each message it says wire,
 * terminal, message type, processing code, amount and trace number, then message type and
 * response code of the answer that the multiplexer matched, or "silence"; of a chip also
 * what the issuer found of its cryptogram, and the issuer's own data:
 *
 * <pre>
 * ascii4/iso87ascii TILL1 0200 000000 000000001250 000002 0210 00
 * </pre>
 */
public final class Client {
    /** Milliseconds for an answer that comes, on however busy a machine, and for one that does not. */
    private static final long PATIENCE = 20_000;
    private static final long BRIEF = 500;

    private static final String CARD = "4111111111111111";
    private static final String EXPIRY = "3112";

    private final Wire wire;
    private final Properties chip;
    private final MUX mux;
    private final String terminal;
    private final List<String> said = new ArrayList<>();
    private int trace;

    private Client(Wire wire, Properties chip, MUX mux, String terminal) {
        this.wire = wire;
        this.chip = chip;
        this.mux = mux;
        this.terminal = terminal;
    }

    public static void main(String[] args) {
        try {
            run(args);
            System.exit(0);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1); // Q2 would live on
        }
    }

    private static void run(String[] args) throws Exception {
        Properties chip = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(args[0]))) {
            chip.load(file);
        }
        List<Wire> wires = new ArrayList<>();
        Path deploy = Files.createDirectory(Path.of("deploy"));
        for (int i = 1; i < args.length; i += 2) {
            deploy(deploy, wires.size(), Wire.of(args[i]), args[i + 1]);
            wires.add(Wire.of(args[i]));
        }
        Q2 q2 = new Q2(deploy.toString());
        q2.start();
        if (!q2.ready(30_000)) {
            throw new IllegalStateException("Q2 does not come up");
        }
        // Two terminals share each line, so that the same trace numbers are in flight at
        // once and terminals tell them apart. Their numbers are shorter than field 41.
        ExecutorService pool = Executors.newCachedThreadPool();
        List<Future<Client>> days = new ArrayList<>();
        for (int i = 0; i < wires.size(); i++) {
            MUX mux = muxOf(i);
            for (String terminal : List.of("TILL1", "TILL002")) {
                Client client = new Client(wires.get(i), chip, mux, terminal);
                days.add(pool.submit(() -> {
                    client.day();
                    return client;
                }));
            }
        }
        tell(days);
    }

    private static void tell(List<Future<Client>> days) throws InterruptedException, ExecutionException {
        for (Future<Client> day : days) {
            for (String line : day.get().said) {
                System.out.println(line);
            }
        }
        System.out.flush();
    }

    /** A line and its multiplexer, as programs on jPOS describe them. */
    private static void deploy(Path dir, int number, Wire wire, String address) throws IOException {
        String[] at = address.split(":");
        String name = "line" + number;
        Files.writeString(dir.resolve("10_" + name + ".xml"), """
            <channel-adaptor name="%1$s" class="org.jpos.q2.iso.ChannelAdaptor">
              <channel class="%2$s" packager="org.jpos.iso.packager.GenericPackager" header="%3$s">
                <property name="packager-config" value="%4$s"/>
                <property name="host" value="%5$s"/>
                <property name="port" value="%6$s"/>
              </channel>
              <in>%1$s.send</in>
              <out>%1$s.receive</out>
              <reconnect-delay>200</reconnect-delay>
            </channel-adaptor>
            """.formatted(name, wire.channelClass(), wire.framing().equals(Wire.NAC) ? Wire.TPDU : "", wire.config(), at[0], at[1]));
        Files.writeString(dir.resolve("20_" + name + "-mux" + ".xml"), """
            <mux name="%1$s-mux" class="org.jpos.q2.iso.QMUX">
              <in>%1$s.receive</in>
              <out>%1$s.send</out>
              <ready>%1$s.ready</ready>
            </mux>
            """.formatted(name));
    }

    private static MUX muxOf(int number) throws Exception {
        MUX mux = NameRegistrar.get("mux.line" + number + "-mux", 20_000); // it comes up by and by
        for (int i = 0; i < 500 && !mux.isConnected(); i++) {
            Thread.sleep(20);
        }
        return mux;
    }

    /** What a terminal does from sign-on to settlement. */
    private void day() throws ISOException {
        ISOMsg signOn = message("0800");
        signOn.set(70, "001");
        ask(signOn);
        ISOMsg sale = sale(1250);
        ISOMsg first = ask(sale);
        ISOMsg swipe = sale(800);
        swipe.set(22, "901");
        swipe.unset(new int[] {2, 14});
        swipe.set(35, CARD + "=" + EXPIRY + "10100000000000");
        ISOMsg second = ask(swipe);
        ask(sale(1051)); // not enough on the card
        ask(reference("200000", 250, sale, first));
        ask(reference("020000", 800, swipe, second));
        ask(sale); // the same again: the same answer
        ISOMsg other = (ISOMsg) sale.clone();
        other.set(4, "000000009900");
        ask(other); // another request under its number
        ISOMsg lost = sale(1068); // charged, and the answer is lost
        ask(lost, BRIEF);
        ask(reversal("0400", lost));
        ask(reversal("0401", lost));
        ISOMsg delayed = sale(300);
        ask(reversal("0400", delayed)); // comes before what it undoes
        ask(delayed);
        ask(inserted());
        ISOMsg told = sale(600); // approved by telephone
        told.setMTI("0220");
        told.set(38, "123456");
        ask(told);
        told.setMTI("0221");
        ask(told);
        ask(settlement(1250)); // the host has more
        ask(settlement(3150));
        ISOMsg echo = message("0800");
        echo.set(70, "301");
        ask(echo);
    }

    private ISOMsg message(String type) throws ISOException {
        ISOMsg message = new ISOMsg(type);
        message.set(7, "1123103000");
        message.set(11, String.format("%06d", ++trace));
        message.set(12, "103000");
        message.set(13, "1123");
        message.set(41, terminal);
        message.set(42, "MERCHANT0000001");
        message.set(60, "000001");
        return message;
    }

    private ISOMsg money(String processing, long amount) throws ISOException {
        ISOMsg message = message("0200");
        message.set(3, processing);
        message.set(4, String.format("%012d", amount));
        message.set(22, "012");
        message.set(25, "00");
        message.set(49, "156");
        return message;
    }

    private ISOMsg sale(long amount) throws ISOException {
        ISOMsg message = money("000000", amount);
        message.set(2, CARD);
        message.set(14, EXPIRY);
        return message;
    }

    /** A sale of 5.00 with what a chip signed, byte by byte as it came. */
    private ISOMsg inserted() throws ISOException {
        ISOMsg message = sale(500);
        message.set(2, chip.getProperty("2"));
        message.set(14, chip.getProperty("14"));
        message.set(22, "051");
        message.set(23, chip.getProperty("23"));
        byte[] icc = HexFormat.of().parseHex(chip.getProperty("55"));
        if (wire.packager().equals("iso87binary")) {
            message.set(55, icc);
        } else {
            message.set(55, new String(icc, StandardCharsets.ISO_8859_1)); // a field of characters there
        }
        return message;
    }

    /** What the host says of the chip: position 8 of field 44, and field 55. */
    private static String issuer(ISOMsg answer) throws ISOException {
        String found = answer.hasField(44) ? answer.getString(44).substring(7) : "-";
        byte[] icc = answer.getValue(55) instanceof byte[] b ? b : answer.getString(55).getBytes(StandardCharsets.ISO_8859_1);
        return " " + found + " " + HexFormat.of().withUpperCase().formatHex(icc);
    }

    /** A void or a refund of something that was answered. */
    private ISOMsg reference(String processing, long amount, ISOMsg original, ISOMsg answer) throws ISOException {
        ISOMsg message = money(processing, amount);
        message.set(22, "000");
        message.set(37, answer == null ? "NOANSWER" : answer.getString(37));
        message.set(90, originalData(original));
        return message;
    }

    private ISOMsg reversal(String type, ISOMsg original) throws ISOException {
        ISOMsg message = (ISOMsg) original.clone();
        message.setMTI(type);
        message.set(39, "98");
        message.set(90, originalData(original));
        return message;
    }

    private static String originalData(ISOMsg original) throws ISOException {
        return "0200" + original.getString(11) + original.getString(7) + "0".repeat(22);
    }

    /** The totals of the day, were its debits as much as that. */
    private ISOMsg settlement(long debits) throws ISOException {
        ISOMsg message = message("0500");
        message.set(50, "156");
        long[] counts = {1, 0, 4, 1};
        long[] sums = {250, 0, debits, 800};
        for (int i = 0; i < 4; i++) {
            message.set(74 + i, String.format("%010d", counts[i]));
            message.set(86 + i, String.format("%016d", sums[i]));
        }
        message.set(97, "D" + String.format("%016d", sums[2] - sums[3] - sums[0] + sums[1]));
        return message;
    }

    private ISOMsg ask(ISOMsg request) throws ISOException {
        return ask(request, PATIENCE);
    }

    private ISOMsg ask(ISOMsg request, long patience) throws ISOException {
        String line = String.join(" ", wire.name(), terminal, request.getMTI(), text(request, 3), text(request, 4), text(request, 11));
        ISOMsg answer = mux.request(request, patience);
        said.add(line + " " + (answer == null ? "silence" : answer.getMTI() + " " + answer.getString(39) + (answer.hasField(55) ? issuer(answer) : "")));
        return answer;
    }

    private static String text(ISOMsg message, int field) {
        return message.hasField(field) ? message.getString(field) : "-";
    }
}
