package peer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** One topic's values decoded, by the writer's schema of the registry, into the fields that the rules read. */
final class Records {
    private static final List<String> HEAD = List.of("person_key", "record_id", "record_version", "change", "recorded_at");
    private static final GenericData DATA = new GenericData();

    static {
        DATA.setFastReaderEnabled(true);
    }

    private final String registry;
    private final List<String> kept;
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    private BinaryDecoder decoder;
    private GenericRecord record;

    Records(String registry, List<String> kept) {
        this.registry = registry;
        this.kept = kept;
    }

    /** The record of a framed value; the same object with every call. */
    GenericRecord read(byte[] value) throws IOException {
        int id = ByteBuffer.wrap(value).getInt(1);
        GenericDatumReader<GenericRecord> reader = readers.computeIfAbsent(id, this::reader);
        decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoder);
        record = reader.read(record, decoder);
        return record;
    }

    /** The kept fields of the record that was read last: strings, integers and nulls. */
    Object[] fields() {
        Object[] fields = new Object[kept.size()];
        for (int at = 0; at < fields.length; at++) {
            Object value = record.get(HEAD.size() + at);
            fields[at] = value == null || value instanceof Integer ? value : value.toString();
        }
        return fields;
    }

    private GenericDatumReader<GenericRecord> reader(int id) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
        try {
            String body = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
            Schema writer = new Schema.Parser().parse(new ObjectMapper().readTree(body).get("schema").asText());
            return new GenericDatumReader<>(writer, projection(writer), DATA);
        } catch (IOException | InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }

    private Schema projection(Schema writer) {
        Schema ours = Schema.createRecord(writer.getName(), null, writer.getNamespace(), false);
        ours.setFields(List.of(HEAD, kept).stream().flatMap(List::stream).map(writer::getField).map(field -> {
            asJavaStrings(field.schema());
            return new Schema.Field(field, field.schema());
        }).toList());
        return ours;
    }

    private static void asJavaStrings(Schema schema) {
        if (schema.getType() == Schema.Type.UNION) {
            schema.getTypes().forEach(Records::asJavaStrings);
        } else if (schema.getType() == Schema.Type.STRING) {
            GenericData.setStringType(schema, GenericData.StringType.String);
        }
    }
}
