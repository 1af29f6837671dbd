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

/** One topic's values decoded, by the writer's schema of the registry, into changes with the fields that the rules read. */
final class Records {
    /** Whose numbers are those of a person's streams. */
    static final List<String> TOPICS = List.of("ovec.enrolment.v1", "ovec.graduation.v1",
        "sso.insured-employment.v1", "dsd.skill-certification.v1");
    private static final List<List<String>> KEPT = List.of(
        List.of("institution_code", "qualification", "field_code", "started_on", "ended_on", "status"),
        List.of("institution_code", "institution_province", "qualification", "subject_type_code", "field_code",
            "subfield_code", "academic_year", "graduated_on", "enrolment_record_id"),
        List.of("section", "employer_id", "employer_province", "tsic", "occupation", "started_on", "ended_on"),
        List.of("result", "issued_on"));
    private static final List<String> HEAD = List.of("person_key", "record_id", "record_version", "change", "recorded_at");
    private static final GenericData DATA = new GenericData();

    static {
        DATA.setFastReaderEnabled(true);
    }

    private final String registry;
    private final int stream;
    private final List<String> kept;
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    private BinaryDecoder decoder;
    private GenericRecord record;

    Records(String registry, int stream) {
        this.registry = registry;
        this.stream = stream;
        kept = KEPT.get(stream);
    }

    /** The change of a framed value. */
    Change read(byte[] value) {
        int id = ByteBuffer.wrap(value).getInt(1);
        GenericDatumReader<GenericRecord> reader = readers.computeIfAbsent(id, this::reader);
        decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoder);
        try {
            record = reader.read(record, decoder);
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
        byte change = switch (record.get(3).toString()) {
            case "UPSERT" -> Person.UPSERT;
            case "WITHDRAW" -> Person.WITHDRAW;
            default -> Person.ERASE;
        };
        Object[] fields = change == Person.UPSERT ? fields() : Person.NOTHING;
        return new Change(stream, (String) record.get(0), (String) record.get(1),
            new Person.Standing(change, (Long) record.get(2), (Long) record.get(4), fields));
    }

    /** The kept fields of the record that was read last: strings, integers and nulls. */
    private Object[] fields() {
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
