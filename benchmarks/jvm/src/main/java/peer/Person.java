package peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What stands of one person's records (the standard, section 5), stream by stream, and as bytes of a state store. */
final class Person {
    static final byte UPSERT = 0;
    static final byte WITHDRAW = 1;
    static final byte ERASE = 2;

    record Standing(byte change, long version, long recordedAt, Object[] fields) {
        boolean outranks(Standing other) {
            if (change == ERASE || other.change == ERASE) {
                return other.change != ERASE;
            }
            if (version != other.version) {
                return version > other.version;
            }
            if (recordedAt != other.recordedAt) {
                return recordedAt > other.recordedAt;
            }
            return Arrays.compareUnsigned(canonical(), other.canonical()) > 0;
        }

        private byte[] canonical() {
            StringBuilder json = new StringBuilder("[\"").append(change == UPSERT ? "UPSERT" : "WITHDRAW").append('"');
            for (Object field : fields) {
                boolean text = field instanceof String;
                json.append(',').append(text ? new String(quote((String) field)) : String.valueOf(field));
            }
            return json.append(']').toString().getBytes(StandardCharsets.UTF_8);
        }

        private static char[] quote(String text) {
            String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
            return ('"' + escaped + '"').toCharArray();
        }
    }

    static final Object[] NOTHING = {};

    final List<Map<String, Standing>> streams =
        List.of(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());

    /** Whether the change alters anything. */
    boolean take(Change change) {
        Map<String, Standing> records = streams.get(change.stream());
        Standing old = records.get(change.recordId());
        boolean stands = old == null || change.standing().outranks(old);
        if (stands) {
            records.put(change.recordId(), change.standing());
        }
        return stands;
    }

    /** One that goes on by itself. */
    Person copy() {
        Person copy = new Person();
        for (int stream = 0; stream < streams.size(); stream++) {
            copy.streams.get(stream).putAll(streams.get(stream));
        }
        return copy;
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(size());
        for (Map<String, Standing> records : streams) {
            out.putShort((short) records.size());
            records.forEach((id, standing) -> {
                put(out, id);
                out.put(standing.change).putLong(standing.version).putLong(standing.recordedAt);
                out.put((byte) standing.fields.length);
                for (Object field : standing.fields) {
                    put(out, field);
                }
            });
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** An upper bound: a character is at most three bytes. */
    private int size() {
        int size = 8;
        for (Map<String, Standing> records : streams) {
            for (Map.Entry<String, Standing> entry : records.entrySet()) {
                size += 21 + 3 * entry.getKey().length();
                for (Object field : entry.getValue().fields) {
                    size += field instanceof String ? 3 + 3 * ((String) field).length() : 5;
                }
            }
        }
        return size;
    }

    private static void put(ByteBuffer out, Object field) {
        if (field == null) {
            out.put((byte) 0);
        } else if (field instanceof Integer) {
            out.put((byte) 1).putInt((Integer) field);
        } else {
            byte[] text = ((String) field).getBytes(StandardCharsets.UTF_8);
            out.put((byte) 2).putShort((short) text.length).put(text);
        }
    }

    static Person of(byte[] bytes) {
        Person person = new Person();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (Map<String, Standing> records : person.streams) {
            for (int left = in.getShort(); left > 0; left--) {
                String id = (String) get(in);
                byte change = in.get();
                long version = in.getLong();
                long recordedAt = in.getLong();
                Object[] fields = new Object[in.get()];
                for (int at = 0; at < fields.length; at++) {
                    fields[at] = get(in);
                }
                records.put(id, new Standing(change, version, recordedAt, fields));
            }
        }
        return person;
    }

    private static Object get(ByteBuffer in) {
        switch (in.get()) {
            case 0:
                return null;
            case 1:
                return in.getInt();
            default:
                int length = in.getShort();
                String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
                in.position(in.position() + length);
                return text;
        }
    }
}
