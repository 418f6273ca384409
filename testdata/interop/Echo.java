import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;

import java.io.IOException;

/**
 * The least that a host on jPOS can do: every request gets response code 00 and its own
 * fields back, and nothing is kept. For measuring, with the {@link Wire} as its argument.
 */
public final class Echo {
    private Echo() {
    }

    public static void main(String[] args) throws Exception {
        String address = Wire.of(args[0]).serve((source, request) -> {
            try {
                ISOMsg answer = (ISOMsg) request.clone();
                answer.setResponseMTI();
                answer.unset(2, 14, 35);
                answer.set(39, "00");
                source.send(answer);
            } catch (ISOException | IOException e) {
                e.printStackTrace();
            }
            return true;
        });
        System.out.println("listening " + args[0] + " " + address);
        while (System.in.read() >= 0) {
            // Whoever started us holds the other end and says nothing.
        }
        System.exit(0);
    }
}
