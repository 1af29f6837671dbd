import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends 50,000 records, with the value from standard input, by a producer with its defaults; ends with 1 where one is refused. */
class Flood {
    public static void main(String[] args) throws Exception {
        byte[] value = System.in.readAllBytes();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int number = 0; number < 50_000; number++) {
                byte[] key = ("0123456789abcdef0123456789abcdef/S-" + number + "/1").getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(args[1], key, value), (place, error) -> {
                    if (error != null) {
                        error.printStackTrace();
                        System.exit(1);
                    }
                });
            }
        }
    }
}
