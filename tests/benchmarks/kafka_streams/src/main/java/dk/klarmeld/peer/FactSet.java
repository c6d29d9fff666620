/** The facts of one municipality in one rollout as bytes: each entry is a key, the length of the rest, and the rest. */
package dk.klarmeld.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

final class FactSet {
    private static final String[] ATTRIBUTES = {"ce_source", "ce_id", "ce_type", "ce_subject", "ce_time"};
    private static final int KEY = 16;

    private FactSet() {}

    /** The union of a set and one record; of two tellings of a fact the one recorded first stays. */
    static byte[] union(byte[] known, Record<String, byte[]> record, RecordMetadata where) {
        byte[] fact = entry(record, where);
        if (known == null) {
            return fact;
        }
        for (int at = 0; at < known.length; at = next(known, at)) {
            if (same(known, at, fact)) {
                return earlier(known, at, fact);
            }
        }
        byte[] joined = new byte[known.length + fact.length];
        System.arraycopy(known, 0, joined, 0, known.length);
        System.arraycopy(fact, 0, joined, known.length, fact.length);
        return joined;
    }

    /** Gives each fact's key, as hexadecimal digits, with its place on the log. */
    static void each(byte[] facts, BiConsumer<String, String> take) {
        for (int at = 0; at < facts.length; at = next(facts, at)) {
            ByteBuffer entry = ByteBuffer.wrap(facts, at + KEY + Integer.BYTES, facts.length - at - KEY - Integer.BYTES);
            String key = HexFormat.of().formatHex(facts, at, at + KEY);
            take.accept(key, entry.getLong() + " " + entry.getInt() + " " + entry.getLong());
        }
    }

    private static byte[] entry(Record<String, byte[]> record, RecordMetadata where) {
        byte[][] said = attributes(record.headers());
        int size = record.value().length + Integer.BYTES;
        for (byte[] each : said) {
            size += Integer.BYTES + each.length;
        }
        int rest = 2 * Long.BYTES + Integer.BYTES + size;
        ByteBuffer entry = ByteBuffer.allocate(KEY + Integer.BYTES + rest).put(key(said, record.value()), 0, KEY);
        entry.putInt(rest).putLong(record.timestamp()).putInt(where.partition()).putLong(where.offset());
        for (byte[] each : said) {
            entry.putInt(each.length).put(each);
        }
        return entry.putInt(record.value().length).put(record.value()).array();
    }

    private static byte[][] attributes(Headers headers) {
        byte[][] found = new byte[ATTRIBUTES.length][];
        for (int number = 0; number < found.length; number++) {
            Header header = headers.lastHeader(ATTRIBUTES[number]);
            found[number] = header.value();
        }
        return found;
    }

    private static byte[] key(byte[][] said, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] each : said) {
                digest.update((each.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(each);
            }
            return digest.digest(body);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static int next(byte[] facts, int at) {
        return at + KEY + Integer.BYTES + ByteBuffer.wrap(facts).getInt(at + KEY);
    }

    private static boolean same(byte[] known, int at, byte[] fact) {
        return java.util.Arrays.equals(known, at, at + KEY, fact, 0, KEY);
    }

    private static byte[] earlier(byte[] known, int at, byte[] fact) {
        int place = KEY + Integer.BYTES;
        int length = 2 * Long.BYTES + Integer.BYTES;
        if (java.util.Arrays.compare(fact, place, place + length, known, at + place, at + place + length) >= 0) {
            return known;
        }
        byte[] changed = known.clone();
        System.arraycopy(fact, 0, changed, at, fact.length);
        return changed;
    }
}
