import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/** The fields of a message for comparison: no card data is ever said, its digest is. */
final class Fields {
    private static final List<Integer> SECRET = List.of(2, 14, 35, 45, 52, 55);

    private Fields() {
    }

    /** Number and value in hex of each field, or of a secret one '#' and its digest. */
    static String of(ISOMsg message) throws ISOException {
        StringJoiner fields = new StringJoiner(" ");
        for (int field = 0; field <= message.getMaxField(); field++) {
            if (field != 1 && message.hasField(field)) {
                fields.add(field + "=" + value(message, field));
            }
        }
        return fields.toString();
    }

    private static String value(ISOMsg message, int field) throws ISOException {
        Object raw = message.getValue(field);
        byte[] bytes = raw instanceof byte[] b ? b : text(field, raw.toString()).getBytes(StandardCharsets.ISO_8859_1);
        return SECRET.contains(field) ? "#" + digest(bytes) : HexFormat.of().formatHex(bytes);
    }

    /** What pads a value is no part of it, and the separator of a packed track is the nibble D. */
    private static String text(int field, String value) {
        return field == 55 ? value : field == 35 ? value.replace('D', '=') : value.stripTrailing();
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(Arrays.copyOf(hash, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
