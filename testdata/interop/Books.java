import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What one host knows: who asked what, and what was posted. It forgets all when it ends. */
final class Books {
    private static final long SILENT = 9999; // a sale of it is posted and its answer never leaves
    private static final long DEAF = 9998; // the same, and its first reversal is not answered either
    private static final long UNHEARD = 7777; // the first word of an advice is not answered
    private static final long NO_FUNDS = 5100;

    private static final String CASH = "01";
    private static final String HOLD = "03";
    private static final String CASHBACK = "09";
    private static final String BALANCE = "31";
    private static final String COMPLETION = "completion";
    private static final String TIP = "tip";

    /** A request for money that was approved. */
    private static final class Posting {
        final String kind;
        final long amount;
        final String batch; // terminal and batch
        final Posting original;
        long refunded;
        boolean undone; // reversed
        boolean voided;

        Posting(String kind, long amount, String batch, Posting original) {
            this.kind = kind;
            this.amount = amount;
            this.batch = batch;
            this.original = original;
        }
    }

    private final Set<String> asked = new HashSet<>(); // terminal and trace number of what was decided
    private final Set<String> reversed = new HashSet<>(); // the same, of what must never post any more
    private final Map<String, Posting> posted = new HashMap<>();
    private final Map<String, Posting> byReference = new HashMap<>();
    private int references;

    /** The answer to a request, or null for none. */
    synchronized ISOMsg answer(ISOMsg request) throws ISOException {
        String type = request.getMTI();
        ISOMsg answer = (ISOMsg) request.clone();
        answer.setResponseMTI();
        answer.unset(new int[] {2, 14, 23, 35, 39, 45, 52, 54, 55}); // nothing of the card goes back
        switch (type) {
            case "0800" -> answer.set(39, network(request.getString(70)));
            case "0100", "0200" -> {
                if (!decide(request, answer)) {
                    return null;
                }
            }
            case "0220", "0221" -> {
                advise(request, answer);
                if (amount(request) == UNHEARD && type.equals("0220")) {
                    return null;
                }
            }
            case "0400", "0401", "0420", "0421" -> {
                answer.set(39, reverse(request));
                if (amount(request) == DEAF && type.endsWith("0")) {
                    return null;
                }
            }
            case "0500" -> settle(request, answer);
            case "0320", "0321" -> answer.set(39, "00");
            default -> answer.set(39, "12");
        }
        return answer;
    }

    private static String network(String code) {
        return code != null && Set.of("001", "002", "301").contains(code) ? "00" : "12";
    }

    /** Decides a request for money; false is an answer that gets lost on its way. */
    private boolean decide(ISOMsg request, ISOMsg answer) throws ISOException {
        if (kind(request).equals(BALANCE)) {
            answer.set(39, "00");
            answer.set(54, "0002156C000000050000");
            return true;
        }
        String trace = trace(request);
        if (reversed.contains(trace)) {
            answer.set(39, "12");
            return true;
        }
        if (!asked.add(trace)) {
            answer.set(39, "94");
            return true;
        }
        String code = check(request);
        answer.set(39, code);
        if (code.equals("00")) {
            post(request, answer);
        }
        return !(kind(request).equals("00") && (amount(request) == SILENT || amount(request) == DEAF));
    }

    private String check(ISOMsg request) {
        Posting original = byReference.get(String.valueOf(request.getString(37)));
        long amount = amount(request);
        switch (kind(request)) {
            case "00":
                if (!request.hasField(2) && !request.hasField(35)) {
                    return "30";
                }
                return amount == NO_FUNDS ? "51" : "00";
            case "02":
                if (original == null || original.undone || original.voided) {
                    return "25";
                }
                return original.amount == amount ? "00" : "64";
            case COMPLETION:
                return original == null || !original.kind.equals(HOLD) || original.undone || original.voided ? "25" : "00";
            case HOLD, CASH, CASHBACK:
                return request.hasField(2) || request.hasField(35) || original != null ? "00" : "30";
            case "20":
                if (original == null || original.undone || original.voided) {
                    return "25";
                }
                return original.refunded + amount <= original.amount ? "00" : "13";
            default:
                return "12";
        }
    }

    private void post(ISOMsg request, ISOMsg answer) throws ISOException {
        Posting original = byReference.get(String.valueOf(request.getString(37)));
        Posting posting = new Posting(kind(request), amount(request), batch(request), original);
        count(posting, true);
        String reference = String.format("J%011d", ++references);
        posted.put(trace(request), posting);
        byReference.put(reference, posting);
        answer.set(37, reference);
        answer.set(38, String.format("J%05d", references));
    }

    /** What a posting does to its original, or what undoing it takes back. */
    private static void count(Posting posting, boolean stands) {
        posting.undone = !stands;
        if (posting.kind.equals("02")) {
            posting.original.voided = stands;
        }
        if (posting.kind.equals("20")) {
            posting.original.refunded += stands ? posting.amount : -posting.amount;
        }
    }

    /** Something that was approved elsewhere is told; a repeat is told nothing new. */
    private void advise(ISOMsg request, ISOMsg answer) throws ISOException {
        if (!posted.containsKey(trace(request))) {
            asked.add(trace(request));
            post(request, answer);
        }
        answer.set(39, "00");
    }

    /** Undoes what field 90 names; what never came must not post when it does. */
    private String reverse(ISOMsg request) {
        String data = request.getString(90);
        if (data == null || data.length() != 42) {
            return "30";
        }
        String trace = request.getString(41).strip() + "|" + data.substring(4, 10);
        Posting posting = posted.get(trace);
        boolean first = reversed.add(trace);
        if (posting == null) {
            return asked.contains(trace) ? "00" : "25";
        }
        if (posting.amount != amount(request)) {
            return "64";
        }
        if (first) {
            count(posting, false);
        }
        return "00";
    }

    /** Holds the totals of a batch against the books: field 66 is 1 where they agree. */
    private void settle(ISOMsg request, ISOMsg answer) throws ISOException {
        long[] counts = new long[4]; // fields 74 to 77
        long[] sums = new long[4]; // fields 86 to 89
        for (Posting posting : posted.values()) {
            if (posting.undone || !posting.batch.equals(batch(request))) {
                continue;
            }
            int at = column(posting);
            if (at < 0) {
                continue;
            }
            counts[at] += posting.kind.equals(TIP) ? 0 : 1; // a tip changes its sale
            sums[at] += posting.amount;
        }
        boolean agree = true;
        for (int i = 0; i < 4; i++) {
            agree &= counts[i] == number(request, 74 + i) && sums[i] == number(request, 86 + i);
            answer.set(74 + i, String.format("%010d", counts[i]));
            answer.set(86 + i, String.format("%016d", sums[i]));
        }
        long net = sums[2] - sums[3] - sums[0] + sums[1];
        String field97 = (net < 0 ? "C" : "D") + String.format("%016d", Math.abs(net));
        agree &= field97.equals(request.getString(97));
        answer.set(97, field97);
        answer.set(66, agree ? "1" : "2");
        answer.set(39, agree ? "00" : "95");
    }

    /**
     * Credits, their reversals, debits, their reversals; below zero is none of them. A sale is
     * a debit to the card; what is held is no money yet.
     */
    private static int column(Posting posting) {
        return switch (posting.kind) {
            case HOLD -> -1;
            case "20" -> 0;
            case "02" -> posting.original.kind.equals(HOLD) ? -1 : posting.original.kind.equals("20") ? 1 : 3;
            default -> 2;
        };
    }

    /** The first two digits of field 3, but of a completion or a tip a word. */
    private static String kind(ISOMsg request) {
        String code = request.getString(3);
        if (code == null) {
            return "";
        }
        String amounts = request.getString(54);
        if (code.startsWith("00") && "06".equals(request.getString(25))) {
            return COMPLETION;
        }
        return code.startsWith("00") && amounts != null && amounts.startsWith("44", 2) ? TIP : code.substring(0, 2);
    }

    private static long amount(ISOMsg request) {
        return number(request, 4);
    }

    private static long number(ISOMsg request, int field) {
        String digits = request.getString(field);
        return digits == null ? -1 : Long.parseLong(digits);
    }

    private static String trace(ISOMsg request) {
        return request.getString(41).strip() + "|" + request.getString(11);
    }

    private static String batch(ISOMsg request) {
        return request.getString(41).strip() + "|" + request.getString(60);
    }
}
