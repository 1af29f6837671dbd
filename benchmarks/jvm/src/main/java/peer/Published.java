package peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/** The outcome topic: each row that was written, framed Avro; lineage, which this program does not keep, is blank. */
final class Published {
    private static final int PARTITIONS = 6;

    private final String topic;
    private final Schema schema;
    private final byte[] head;
    private final KafkaProducer<byte[], byte[]> producer;
    private final GenericDatumWriter<GenericRecord> writer;
    private BinaryEncoder encoder;

    Published(Properties given) {
        topic = given.getProperty("peer.prefix") + "outcome.employment.v1";
        try {
            URI latest = URI.create(given.getProperty("peer.registry") + "/subjects/" + topic + "-value/versions/latest");
            String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(latest).build(), BodyHandlers.ofString()).body();
            JsonNode found = new ObjectMapper().readTree(body);
            schema = new Schema.Parser().parse(found.get("schema").asText());
            head = ByteBuffer.allocate(5).putInt(1, found.get("id").asInt()).array();
        } catch (IOException | InterruptedException error) {
            throw new IllegalStateException(error);
        }
        writer = new GenericDatumWriter<>(schema);
        Properties client = new Properties();
        client.put("bootstrap.servers", given.getProperty("bootstrap.servers"));
        client.put("compression.type", "lz4");
        client.put("linger.ms", "20");
        client.put("batch.size", "65536");
        producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Send a row, its columns from the third on; null: the row is gone. */
    void send(String personKey, String graduationId, Object[] row) {
        byte[] person = personKey.getBytes(StandardCharsets.UTF_8);
        byte[] key = (personKey + '/' + graduationId).getBytes(StandardCharsets.UTF_8);
        int partition = Utils.toPositive(Utils.murmur2(person)) % PARTITIONS;
        byte[] value = row == null ? null : encode(personKey, graduationId, row);
        producer.send(new ProducerRecord<>(topic, partition, key, value));
    }

    void flush() {
        producer.flush();
    }

    private byte[] encode(String personKey, String graduationId, Object[] row) {
        GenericRecord record = new GenericData.Record(schema);
        record.put(0, personKey);
        record.put(1, graduationId);
        for (int at = 0; at < row.length; at++) {
            Schema kind = schema.getFields().get(at + 2).schema();
            kind = kind.getType() == Schema.Type.UNION ? kind.getTypes().get(1) : kind;
            boolean symbol = kind.getType() == Schema.Type.ENUM && row[at] != null;
            record.put(at + 2, symbol ? new GenericData.EnumSymbol(kind, row[at]) : row[at]);
        }
        record.put("changed_by_topic", "");
        record.put("changed_by_partition", 0);
        record.put("changed_by_offset", 0L);
        record.put("changed_at", 0L);
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        out.writeBytes(head);
        encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
        try {
            writer.write(record, encoder);
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
        return out.toByteArray();
    }
}
